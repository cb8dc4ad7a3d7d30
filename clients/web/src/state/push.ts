/** Telling this device while nobody looks at the app: off until switched on, and over with the session. */
import { signal } from "@preact/signals";
import { api } from "../api/calls";
import { Problem, wordsOf } from "../api/client";
import { me } from "./me";
import { toast } from "./toasts";

/** "cannot" where the browser is too old, "never" where the service turned out to push to nobody. */
export type Telling = "cannot" | "never" | "off" | "asking" | "on";
export const telling = signal<Telling>("off");

const PUSH_NOTE = "barker.push"; // what this session subscribed
interface Note {
  id: string;
  endpoint: string;
}

function noted(): Note | null {
  try {
    return JSON.parse(localStorage.getItem(PUSH_NOTE) ?? "null") as Note | null;
  } catch {
    return null;
  }
}

const manager = async () => (await navigator.serviceWorker.ready).pushManager;
const isAble = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** Look how it stands, and mend what the browser changed meanwhile. */
export async function lookAtPush(): Promise<void> {
  if (!isAble()) telling.value = "cannot";
  else if (!noted() || Notification.permission !== "granted") telling.value = "off";
  else await subscribe().catch(() => (telling.value = "on")); // so the service has it: it can be switched off, at least
}

/** Subscribe this browser, unless the service knows it as it is. */
async function subscribe(): Promise<void> {
  const { key } = await api.pushKey();
  const made = await subscribed(await manager(), key);
  const note = noted();
  if (note?.endpoint !== made.endpoint) {
    const { id } = await api.subscribePush(made.toJSON());
    if (!me.value) return; // signed out meanwhile, which ended it
    localStorage.setItem(PUSH_NOTE, JSON.stringify({ id, endpoint: made.endpoint } satisfies Note));
  }
  telling.value = "on";
}

async function subscribed(push: PushManager, key: string): Promise<PushSubscription> {
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await push.subscribe(options);
  } catch (error) {
    const old = await push.getSubscription();
    if (!old) throw error;
    await old.unsubscribe(); // it was made for another key
    return push.subscribe(options);
  }
}

function whyNot(error: unknown): string {
  if (error instanceof Problem) return wordsOf(error);
  return "Your browser could not reach the service that would tell it. Try again in a moment.";
}

export async function startTelling(): Promise<void> {
  if (telling.value !== "off") return;
  telling.value = "asking";
  try {
    if ((await Notification.requestPermission()) === "granted") return await subscribe();
    toast("Your browser shows no notifications of this site. Allow them in the site's settings, then try again.");
  } catch (error) {
    if (error instanceof Problem && error.code === "push_off") return void (telling.value = "never");
    toast(whyNot(error));
  }
  telling.value = "off";
}

export async function stopTelling(): Promise<void> {
  const note = noted();
  try {
    if (note) await api.unsubscribePush(note.id);
    localStorage.removeItem(PUSH_NOTE);
    telling.value = "off";
    await (await (await manager()).getSubscription())?.unsubscribe();
  } catch (error) {
    toast(wordsOf(error));
  }
}
