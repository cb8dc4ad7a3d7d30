import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { api } from "../api/calls";
import { wordsOf } from "../api/client";
import type { Page, Session, User } from "../api/types";
import { Head, List } from "../parts/bits";
import { Icon } from "../parts/Icon";
import { MutedUntil } from "../parts/PersonMenu";
import { PlaceSwitch } from "../parts/PlaceSwitch";
import { PushSwitch } from "../parts/PushSwitch";
import { Time } from "../parts/Time";
import { UserRow } from "../parts/UserRow";
import { unblock, unmute } from "../state/hiding";
import { keepMe, me, signOut, signOutEverywhere } from "../state/me";
import { Pages } from "../state/pages";
import { theme, type Theme } from "../state/theme";
import { toast } from "../state/toasts";
import { Field } from "./Sign";

const INTERESTS_MAX = 20;

function interestsOf(text: string): string[] {
  const found = text.split(/[,\n]/).map((one) => one.trim());
  return [...new Set(found.filter(Boolean))].slice(0, INTERESTS_MAX);
}

function Profile({ user }: { user: User }) {
  const busy = useSignal(false);
  const wrong = useSignal("");
  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const [name, about, interests] = ["name", "about", "interests"].map((field) => String(given.get(field) ?? ""));
    busy.value = true;
    wrong.value = "";
    try {
      keepMe(await api.change({ name: name!, about: about!, interests: interestsOf(interests!) }));
      toast("Saved.");
    } catch (error) {
      wrong.value = wordsOf(error);
    }
    busy.value = false;
  }
  return (
    <form class="form" onSubmit={save}>
      <Field name="name" label="Name" input={{ defaultValue: user.name, maxLength: 50, autoComplete: "name", dir: "auto" }} />
      <div class="field">
        <label for="about">About you</label>
        <textarea id="about" name="about" rows={3} maxLength={500} dir="auto" defaultValue={user.about} />
      </div>
      <Field
        name="interests"
        label="Interests"
        hint="With commas between them, up to 20: others find you by them"
        input={{ defaultValue: user.interests.join(", "), dir: "auto" }}
      />
      {wrong.value ? (
        <p class="wrong" role="alert">
          {wrong.value}
        </p>
      ) : null}
      <button type="submit" class="primary" disabled={busy.value}>
        Save
      </button>
    </form>
  );
}

const THEMES: [Theme, string][] = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

function Looks() {
  return (
    <fieldset class="choices">
      <legend class="unseen">Light or dark</legend>
      {THEMES.map(([name, words]) => (
        <label key={name} class="choice">
          <input type="radio" name="theme" checked={theme.value === name} onChange={() => (theme.value = name)} />
          <span>{words}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Device({ session, ended }: { session: Session; ended: () => void }) {
  async function end(): Promise<void> {
    if (session.current) return signOut();
    try {
      await api.endSession(session.id);
      ended();
      toast("That device is logged out.");
    } catch (error) {
      toast(wordsOf(error));
    }
  }
  return (
    <div class="device">
      <Icon name="device" />
      <span class="device-words">
        <strong dir="auto">{session.device || "A device"}</strong>
        <span class="quiet">
          {session.current ? (
            "This device"
          ) : (
            <>
              Last seen <Time at={session.seen_at} full />
            </>
          )}
        </span>
      </span>
      <button type="button" class="small" aria-label={`Log out ${session.device || "this device"}`} onClick={end}>
        Log out
      </button>
    </div>
  );
}

function Devices() {
  const sessions = useMemo(() => new Pages((cursor) => api.sessions(cursor)), []);
  useEffect(() => void sessions.start(), [sessions]);
  const everywhere = () => signOutEverywhere().catch((error: unknown) => toast(wordsOf(error)));
  return (
    <>
      <List
        of={sessions}
        row={(one) => <Device session={one} key={one.id} ended={sessions.start} />}
        empty={<p class="quiet">None.</p>}
      />
      <div class="row">
        <button type="button" onClick={() => void signOut()}>
          <Icon name="out" />
          Log out
        </button>
        <button type="button" class="ghost danger" onClick={() => void everywhere()}>
          Log out everywhere
        </button>
      </div>
    </>
  );
}

interface HiddenProps {
  read: (cursor: string | null) => Promise<Page<User>>;
  end: (user: User) => Promise<boolean>;
  none: string;
  words?: (user: User) => ComponentChildren;
}

/** People whom I block or mute, each with a button that ends it. */
function Hidden({ read, end, none, words }: HiddenProps) {
  const people = useMemo(() => new Pages(read), []);
  useEffect(() => void people.start(), [people]);
  async function leave(user: User): Promise<void> {
    if (await end(user)) people.items.value = people.items.value?.filter((one) => one.id !== user.id) ?? null;
  }
  const button = (user: User) => (
    <button type="button" class="small" aria-label={`End for @${user.handle}`} onClick={() => void leave(user)}>
      End
    </button>
  );
  return (
    <List
      of={people}
      row={(user) => (
        <UserRow user={user} key={user.id} act={button(user)}>
          {words ? <span class="person-about quiet">{words(user)}</span> : <></>}
        </UserRow>
      )}
      empty={<p class="quiet">{none}</p>}
    />
  );
}

export function SettingsPage() {
  const user = me.value;
  if (!user) return null;
  return (
    <>
      <Head title="Settings" />
      <section class="block" aria-labelledby="set-profile">
        <h2 id="set-profile">Profile</h2>
        <Profile user={user} key={user.id} />
      </section>
      <section class="block" aria-labelledby="set-place">
        <h2 id="set-place">Place</h2>
        <PlaceSwitch />
      </section>
      <section class="block" aria-labelledby="set-push">
        <h2 id="set-push">Notifications</h2>
        <PushSwitch />
      </section>
      <section class="block" aria-labelledby="set-looks">
        <h2 id="set-looks">Looks</h2>
        <Looks />
      </section>
      <section class="block" aria-labelledby="set-mutes">
        <h2 id="set-mutes">Whom you mute</h2>
        <Hidden read={api.mutes} end={unmute} none="Nobody." words={(user) => <MutedUntil user={user} />} />
      </section>
      <section class="block" aria-labelledby="set-blocks">
        <h2 id="set-blocks">Whom you block</h2>
        <Hidden read={api.blocks} end={unblock} none="Nobody." />
      </section>
      <section class="block" aria-labelledby="set-devices">
        <h2 id="set-devices">Where you are logged in</h2>
        <Devices />
      </section>
    </>
  );
}
