/** Who is signed in. The token is in a cookie that no script can read: a note says whether there is one to ask for. */
import { signal } from "@preact/signals";
import { api } from "../api/calls";
import { onSignedOut, Problem, wordsOf } from "../api/client";
import type { User } from "../api/types";
import { forgetFeed, loadFeed } from "./feed";
import { forgetAll, keepUser } from "./known";
import { forgetHiding } from "./hiding";
import { listen, stopListening } from "./live";
import { countUnread, notices, unread } from "./notices";
import { forgetBeside } from "./beside";
import { closeDraft, openDraft, write } from "./draft";
import { closeOutbox, openOutbox } from "./outbox";
import { pauseSharing, resumeSharing, sharing, stopSharing } from "./place";
import { go } from "./router";
import { toast } from "./toasts";

const NOTE = "barker.me";
const SESSION = "barker.session";
const PUSH_NOTE = "barker.push"; // kept by push.ts, which is loaded where it is needed
const AGAIN_MS = 3_000;

/** Somebody, nobody (null), or not known yet (undefined). */
export const me = signal<User | null | undefined>(undefined);

function begin(user: User, session?: string): void {
  if (session) localStorage.setItem(SESSION, session);
  if (me.value?.id === user.id) return;
  localStorage.setItem(NOTE, JSON.stringify(user));
  keepUser(user);
  me.value = user;
  openOutbox(user.id);
  openDraft(user.id);
  void loadFeed();
  listen(user.handle);
  void countUnread();
  resumeSharing();
  if (localStorage.getItem(PUSH_NOTE)) void import("./push").then(({ lookAtPush }) => lookAtPush());
}

function end(): void {
  localStorage.removeItem(NOTE);
  localStorage.removeItem(SESSION);
  localStorage.removeItem(PUSH_NOTE); // with the session its subscription ends
  stopListening();
  closeOutbox();
  closeDraft();
  pauseSharing();
  forgetFeed();
  forgetAll();
  forgetHiding();
  forgetBeside();
  notices.items.value = null;
  unread.value = 0;
  me.value = null;
}

/** Note what I changed of myself. */
export function keepMe(user: User): void {
  localStorage.setItem(NOTE, JSON.stringify(user));
  keepUser(user);
  me.value = user;
}

export async function signUp(handle: string, password: string, name: string): Promise<void> {
  const { user, session } = await api.signUp(handle, password, name);
  begin(user, session.id);
}

export async function signIn(handle: string, password: string): Promise<void> {
  const { user, session } = await api.signIn(handle, password);
  begin(user, session.id);
}

/** Sign this device out. */
export async function signOut(): Promise<void> {
  try {
    if (sharing.value !== "off") await stopSharing();
    const session = localStorage.getItem(SESSION) ?? (await api.sessions()).items.find((one) => one.current)?.id;
    stopListening(); // else the stream would tell that the session is over, and be asked after
    if (session) await api.endSession(session);
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) {
      if (me.value) listen(me.value.handle);
      toast(`You are still signed in. ${wordsOf(error)}`, { name: "Try again", run: () => void signOut() });
      return;
    }
  }
  leave();
}

export async function signOutEverywhere(): Promise<void> {
  stopListening();
  try {
    await api.endSessions();
  } catch (error) {
    if (me.value) listen(me.value.handle);
    throw error;
  }
  leave();
}

/** Be signed out, as was wanted. */
function leave(): void {
  write("");
  end();
  go("/");
}

function noted(): User | null {
  try {
    return JSON.parse(localStorage.getItem(NOTE) ?? "null") as User | null;
  } catch {
    return null;
  }
}

/** Begin anew where another tab has signed out or in: the cookie is one for all of them. */
function followOthers(): void {
  if (noted()?.id !== me.value?.id) location.reload();
}

/** Find out who we are. Who was here before is shown at once; the service has the last word. */
export async function startMe(): Promise<void> {
  onSignedOut.run = () => {
    if (!me.value) return;
    end();
    toast("Your session is over. Log in to go on.", { name: "Log in", run: () => go("/login") });
  };
  addEventListener("storage", (event) => event.key === NOTE && followOthers());
  addEventListener("pageshow", (event) => event.persisted && followOthers()); // as it was left, and told nothing since
  const before = noted();
  if (!before) {
    me.value = null;
    return;
  }
  begin(before);
  try {
    keepMe(await api.me());
  } catch (error) {
    if (error instanceof Problem && error.passes) setTimeout(() => void api.me().then(keepMe, () => undefined), AGAIN_MS);
  }
}
