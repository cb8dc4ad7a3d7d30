/** What stands around every page: the bars, the aside, dialogs and toasts. */
import { useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { deleteBark, deleting } from "../state/doing";
import { fresh } from "../state/feed";
import { minding } from "../state/hiding";
import { line } from "../state/live";
import { me } from "../state/me";
import { unread } from "../state/notices";
import { path } from "../state/router";
import { composing, helping } from "../state/shortcuts";
import { dismiss, toasts } from "../state/toasts";
import { Aside } from "./Aside";
import { Composer } from "./Composer";
import { Dialog } from "./Dialog";
import { Icon, type IconName } from "./Icon";
import { PersonMenu } from "./PersonMenu";

interface Place {
  to: string;
  icon: IconName;
  words: string;
  count?: number;
  wideOnly?: boolean;
}

function places(handle: string): Place[] {
  return [
    { to: "/", icon: "home", words: "Home", count: fresh.value.length },
    { to: "/search", icon: "search", words: "Search" },
    { to: "/nearby", icon: "nearby", words: "Nearby" },
    { to: "/notifications", icon: "bell", words: "Notifications", count: unread.value },
    { to: "/people", icon: "people", words: "People", wideOnly: true },
    { to: `/@${handle}`, icon: "person", words: "Profile" },
    { to: "/settings", icon: "gear", words: "Settings", wideOnly: true },
  ];
}

function Bar({ handle }: { handle: string }) {
  const isForBarks = path.value === "/" || /^\/(barks|tags|@[^/]+$)/.test(path.value);
  return (
    <nav class="bar" aria-label="Barker">
      <a class="brand" href="/" aria-label="Barker, home">
        <img src="/icon.svg" alt="" width="32" height="32" />
        <span>Barker</span>
      </a>
      <ul>
        {places(handle).map(({ to, icon, words, count, wideOnly }) => (
          <li key={to} class={wideOnly ? "wide-only" : undefined}>
            <a href={to} aria-current={path.value === to ? "page" : undefined}>
              <span class="bar-icon">
                <Icon name={icon} />
                {count ? (
                  <span class="badge">
                    {count > 99 ? "99+" : count}
                    <span class="unseen"> new</span>
                  </span>
                ) : null}
              </span>
              <span class="bar-words">{words}</span>
            </a>
          </li>
        ))}
      </ul>
      <button type="button" class={isForBarks ? "primary bar-new" : "primary bar-new bar-new-hidden"} onClick={() => (composing.value = true)}>
        <Icon name="plus" />
        <span>Bark</span>
      </button>
    </nav>
  );
}

function Line() {
  const words = {
    lost: navigator.onLine ? "Connecting again …" : "You are offline. What you bark is sent when you are back.",
    delayed: "New barks may come late just now.",
  }[line.value as string];
  return (
    <div class="line" role="status">
      {words ? <p>{words}</p> : null}
    </div>
  );
}

const KEYS: [string, string][] = [
  ["n", "New bark"],
  ["j, k", "Next bark, the one before"],
  ["l", "Like it"],
  ["Enter", "Open it"],
  [".", "Show new barks"],
  ["/", "Search"],
  ["?", "These keys"],
];

/** Move the focus behind the bars: the address stays as it is. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function Dialogs() {
  useSignalEffect(() => {
    if (me.value) return;
    composing.value = false; // with the session goes what only somebody can do
    deleting.value = null;
  });
  const bark = deleting.value;
  if (composing.value) {
    const done = () => (composing.value = false);
    return (
      <Dialog title="New bark" close={done}>
        <Composer focused done={done} />
      </Dialog>
    );
  }
  if (bark) {
    return (
      <Dialog title="Delete this bark?" close={() => (deleting.value = null)}>
        <p>It goes from every feed, and does not come back.</p>
        <div class="row">
          <button type="button" class="primary danger" onClick={() => void deleteBark(bark)}>
            Delete
          </button>
          <button type="button" onClick={() => (deleting.value = null)}>
            Keep it
          </button>
        </div>
      </Dialog>
    );
  }
  if (minding.value) return <PersonMenu user={minding.value} key={minding.value.id} />;
  if (!helping.value) return null;
  return (
    <Dialog title="Keys" close={() => (helping.value = false)}>
      <dl class="keys">
        {KEYS.map(([key, words]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function Toasts() {
  return (
    <div class="toasts" role="status">
      {toasts.value.map(({ id, words, action }) => (
        <div class="toast" key={id}>
          <span>{words}</span>
          {action ? (
            <button type="button" class="small" onClick={() => (dismiss(id), action.run())}>
              {action.name}
            </button>
          ) : null}
          <button type="button" class="ghost round small" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}

function Stranger() {
  return (
    <header class="stranger">
      <a class="brand" href="/" aria-label="Barker, home">
        <img src="/icon.svg" alt="" width="32" height="32" />
        <span>Barker</span>
      </a>
      <nav class="row" aria-label="Barker">
        <a class="button" href="/login">
          Log in
        </a>
        <a class="button primary" href="/signup">
          Sign up
        </a>
      </nav>
    </header>
  );
}

export function Shell({ children }: { children: ComponentChildren }) {
  const mine = me.value;
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to what is here
      </a>
      <div class={mine ? "shell" : "shell shell-stranger"}>
        {mine ? <Bar handle={mine.handle} /> : <Stranger />}
        <main id="main" tabIndex={-1}>
          {mine ? <Line /> : null}
          {children}
        </main>
        {mine ? <Aside /> : null}
      </div>
      <Dialogs />
      <Toasts />
    </>
  );
}
