/** Which page stands for which path. */
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { Empty, Failed, Head, Skeleton } from "./parts/bits";
import { Shell } from "./parts/Shell";
import { BarkPage } from "./pages/Bark";
import { FeedPage } from "./pages/Feed";
import { NotificationsPage } from "./pages/Notifications";
import { PeoplePage } from "./pages/People";
import { ProfilePage, type Part } from "./pages/Profile";
import { SearchPage, TagPage } from "./pages/Search";
import { SignPage } from "./pages/Sign";
import { Welcome } from "./pages/Welcome";
import { fresh } from "./state/feed";
import { me } from "./state/me";
import { unread } from "./state/notices";
import { go, pageTitle, path } from "./state/router";

const RELOADED = "barker.reloaded";
const AGAIN_MS = 60_000;

/** Load all anew, as a new version may be out; once, since it would never end where something else is wrong. */
function reloadOnce(): boolean {
  if (!navigator.onLine || Date.now() - Number(sessionStorage.getItem(RELOADED)) < AGAIN_MS) return false;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
  return true;
}

/** A page whose code comes when it is first opened. */
function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let Loaded: ComponentType<P> | null = null;
  return function Later(props: P) {
    const turn = useSignal(0);
    const isMissing = useSignal(false);
    useEffect(() => {
      if (!Loaded)
        load().then(
          (found) => void ((Loaded = found), turn.value++),
          () => void (isMissing.value = !reloadOnce()),
        );
    }, []);
    void turn.value;
    if (isMissing.value) {
      return <Failed words="This page could not be loaded. Look at your connection." again={() => location.reload()} />;
    }
    return Loaded ? <Loaded {...props} /> : <Skeleton />;
  };
}

const GraphPage = later(() => import("./graph/GraphPage").then((page) => page.GraphPage));
const NearbyPage = later(() => import("./graph/NearbyPage").then((page) => page.NearbyPage));
const SettingsPage = later(() => import("./pages/Settings").then((page) => page.SettingsPage));

const MINE = ["/nearby", "/people", "/notifications", "/settings"];

function ToLogin() {
  useEffect(() => go("/login", true), []);
  return null;
}

function Nothing() {
  return (
    <>
      <Head title="Nothing here" />
      <Empty icon="search" title="There is no such page">
        <a class="button" href="/">
          Go home
        </a>
      </Empty>
    </>
  );
}

function simple(at: string) {
  switch (at) {
    case "/":
      return me.value ? <FeedPage /> : <Welcome />;
    case "/search":
      return <SearchPage />;
    case "/nearby":
      return <NearbyPage />;
    case "/people":
      return <PeoplePage />;
    case "/notifications":
      return <NotificationsPage />;
    case "/settings":
      return <SettingsPage />;
    case "/login":
    case "/signup":
      return me.value ? <FeedPage /> : <SignPage isNew={at === "/signup"} />;
    default:
      return null;
  }
}

/** Return a part of the path as people write it; anybody can make a link that is no encoding of anything. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function Page() {
  const at = path.value;
  if (!me.value && MINE.includes(at)) return <ToLogin />;
  const known = simple(at);
  if (known) return known;
  const somebody = /^\/@([A-Za-z0-9_]+)(?:\/(followers|following|graph))?$/.exec(at);
  if (somebody) {
    const handle = somebody[1]!.toLowerCase();
    if (somebody[2] === "graph") return <GraphPage handle={handle} />;
    return <ProfilePage handle={handle} part={(somebody[2] ?? "barks") as Part} key={handle} />;
  }
  const [, kind, what = ""] = /^\/(barks|tags)\/([^/]+)$/.exec(at) ?? [];
  if (kind === "barks") return <BarkPage id={what} key={what} />;
  return kind === "tags" ? <TagPage tag={decoded(what)} /> : <Nothing />;
}

/** How many new things there are stands before the title of the tab. */
function useTitle(): void {
  const number = fresh.value.length + unread.value;
  const title = pageTitle.value ? `${pageTitle.value} · Barker` : "Barker";
  useEffect(() => {
    document.title = number ? `(${number}) ${title}` : title;
  }, [number, title]);
}

let isFirst = true;

export function App() {
  const at = path.value;
  useTitle();
  useEffect(() => {
    // A page that opens is announced by its heading; the very first one has been by the browser.
    if (!isFirst) document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
    isFirst = false;
  }, [at]);
  if (me.value === undefined) return null;
  return (
    <Shell>
      <Page />
    </Shell>
  );
}
