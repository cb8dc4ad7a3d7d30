/** Every call the app makes, by name. */
import { call } from "./client";
import type { Bark, Match, Near, Notifications, Page, Session, Suggestion, Trend, User } from "./types";

type Cursor = string | null | undefined;
interface SignedIn {
  user: User;
  session: Session;
}
export interface Profile {
  name: string;
  about: string;
  interests: string[];
}

const of = (handle: string) => `/v1/users/${encodeURIComponent(handle)}`;
const mine = (what: string, handle: string) => `/v1/me/${what}/${encodeURIComponent(handle)}`;
const page = <T>(path: string, cursor: Cursor, more: object = {}) =>
  call<Page<T>>("GET", path, { query: { ...more, cursor } });

/** The device's name in the list of sessions. */
function device(): string {
  const agent = navigator.userAgent;
  const browser = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((name) => agent.includes(name)) ?? "A browser";
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac", "Linux"].find((name) => agent.includes(name)) ?? "";
  const known: Record<string, string> = { Edg: "Edge", OPR: "Opera" };
  return `${known[browser] ?? browser}${system ? ` on ${system}` : ""}`;
}

export const api = {
  signUp: (handle: string, password: string, name: string) =>
    call<SignedIn>("POST", "/v1/users", { body: { handle, password, name } }),
  signIn: (handle: string, password: string) =>
    call<SignedIn>("POST", "/v1/sessions", { body: { handle, password, device: device() } }),
  sessions: (cursor?: Cursor) => page<Session>("/v1/me/sessions", cursor),
  endSession: (id: string) => call<void>("DELETE", `/v1/me/sessions/${id}`),
  endSessions: () => call<void>("DELETE", "/v1/me/sessions"),

  me: () => call<User>("GET", "/v1/me"),
  change: (profile: Profile) => call<User>("PATCH", "/v1/me", { body: profile }),
  putPlace: (lat: number, lon: number) => call<void>("PUT", "/v1/me/place", { body: { lat, lon } }),
  removePlace: () => call<void>("DELETE", "/v1/me/place"),

  user: (handle: string) => call<User>("GET", of(handle)),
  barksOf: (handle: string, cursor?: Cursor) => page<Bark>(`${of(handle)}/barks`, cursor),
  followers: (handle: string, cursor?: Cursor, limit = 40) => page<User>(`${of(handle)}/followers`, cursor, { limit }),
  following: (handle: string, cursor?: Cursor, limit = 40) => page<User>(`${of(handle)}/following`, cursor, { limit }),
  follow: (handle: string) => call<User>("PUT", mine("following", handle)),
  unfollow: (handle: string) => call<void>("DELETE", mine("following", handle)),
  followersYouKnow: (handle: string, limit: number) =>
    page<User>(`${of(handle)}/followers-you-know`, null, { limit }),
  pathTo: (handle: string) => call<{ people: User[] }>("GET", `${of(handle)}/path`),

  blocks: (cursor?: Cursor) => page<User>("/v1/me/blocks", cursor),
  block: (handle: string) => call<User>("PUT", mine("blocks", handle)),
  unblock: (handle: string) => call<void>("DELETE", mine("blocks", handle)),
  mutes: (cursor?: Cursor) => page<User>("/v1/me/mutes", cursor),
  mute: (handle: string, seconds: number | null) => call<User>("PUT", mine("mutes", handle), { body: { seconds } }),
  unmute: (handle: string) => call<void>("DELETE", mine("mutes", handle)),

  feed: (cursor?: Cursor, limit = 40) => page<Bark>("/v1/feed", cursor, { limit }),
  bark: (id: string) => call<Bark>("GET", `/v1/barks/${id}`),
  send: (text: string, key: string) => call<Bark>("POST", "/v1/barks", { body: { text }, key }),
  deleteBark: (id: string) => call<void>("DELETE", `/v1/barks/${id}`),
  like: (id: string) => call<Bark>("PUT", `/v1/barks/${id}/like`),
  unlike: (id: string) => call<void>("DELETE", `/v1/barks/${id}/like`),
  likesOf: (id: string, cursor?: Cursor) => page<User>(`/v1/barks/${id}/likes`, cursor),

  notifications: (cursor?: Cursor, limit = 40) =>
    call<Notifications>("GET", "/v1/me/notifications", { query: { cursor, limit } }),
  noteRead: (id: string) => call<{ unread: number }>("PUT", "/v1/me/notifications/read", { body: { id } }),

  pushKey: () => call<{ key: string }>("GET", "/v1/push-key"),
  subscribePush: (browser: PushSubscriptionJSON) =>
    call<{ id: string }>("POST", "/v1/me/push-subscriptions", {
      body: { endpoint: browser.endpoint, keys: browser.keys },
    }),
  unsubscribePush: (id: string) => call<void>("DELETE", `/v1/me/push-subscriptions/${id}`),

  searchPeople: (q: string, cursor?: Cursor) => page<User>("/v1/users", cursor, { q }),
  searchBarks: (q: string, cursor?: Cursor) => page<Bark>("/v1/barks", cursor, { q }),
  tagged: (tag: string, cursor?: Cursor) => page<Bark>(`/v1/tags/${encodeURIComponent(tag)}`, cursor),
  nearby: () => call<Page<Near>>("GET", "/v1/nearby"),
  matches: () => call<Page<Match>>("GET", "/v1/me/matches", { query: { kind: "similar", limit: 10 } }),
  trends: () => call<Page<Trend>>("GET", "/v1/trends"),
  suggestions: (cursor?: Cursor) => page<Suggestion>("/v1/me/suggestions", cursor),
  dismiss: (handle: string) => call<void>("DELETE", mine("suggestions", handle)),
};
