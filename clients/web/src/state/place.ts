/** Sharing one's place: off until switched on, told each minute while it is. */
import { signal } from "@preact/signals";
import { api } from "../api/calls";
import { wordsOf } from "../api/client";
import { toast } from "./toasts";

export type Sharing = "off" | "asking" | "on";
export const sharing = signal<Sharing>("off");
/** When the place was last told; changes each time. */
export const sharedAt = signal(0);

const EVERY_MS = 60_000;
const KEY = "barker.sharing";
let timer = 0;
let turn = 0; // of the switch: what was begun before it was turned counts no more

function position(): Promise<GeolocationPosition> {
  return new Promise((found, failed) =>
    navigator.geolocation.getCurrentPosition(found, failed, { timeout: 15_000, maximumAge: 30_000 }),
  );
}

function whyNot(error: unknown): string {
  if (!isSecureContext) return "Browsers tell places only to pages over https (or on this very machine).";
  const code = (error as GeolocationPositionError | undefined)?.code;
  if (code === 1) return "Your browser keeps your place to itself. Allow it in the site's settings, then try again.";
  if (code === 2 || code === 3) return "Your device does not know where it is just now. Try again in a moment.";
  return wordsOf(error);
}

async function tell(): Promise<void> {
  const mine = turn;
  const { coords } = await position();
  if (mine !== turn) return; // switched off while the device was looking
  await api.putPlace(coords.latitude, coords.longitude);
  if (mine !== turn) {
    if (sharing.value === "off") await api.removePlace(); // switched off while it was told, which may have come last
    return;
  }
  sharing.value = "on";
  sharedAt.value = Date.now();
}

export async function share(): Promise<void> {
  if (sharing.value !== "off") return;
  const mine = ++turn;
  sharing.value = "asking";
  try {
    await tell();
    if (mine !== turn) return;
    localStorage.setItem(KEY, "on");
    timer = setInterval(() => void tell().catch(() => undefined), EVERY_MS);
  } catch (error) {
    if (mine !== turn) return;
    sharing.value = "off";
    toast(whyNot(error));
  }
}

/** Turn the switch off here. */
function rest(): void {
  turn++;
  clearInterval(timer);
  sharing.value = "off";
}

export async function stopSharing(): Promise<void> {
  rest();
  localStorage.removeItem(KEY);
  try {
    await api.removePlace();
  } catch (error) {
    toast(`${wordsOf(error)} Your place is forgotten by itself within minutes.`);
  }
}

/** Go on where it was on when the app was left. */
export function resumeSharing(): void {
  if (localStorage.getItem(KEY)) void share();
}

export function pauseSharing(): void {
  rest();
  localStorage.removeItem(KEY);
}

/** There is one switch for all tabs: one that was left on would go on telling. */
export function startPlace(): void {
  addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    if (event.newValue) void share();
    else rest();
  });
}
