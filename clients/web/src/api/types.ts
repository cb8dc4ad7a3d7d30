/** The shapes of the API by their short names. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type Bark = Omit<Schemas["Bark"], "rebark_of"> & { rebark_of: Bark | null };
export type UserYou = NonNullable<User["you"]>;
export type BarkYou = NonNullable<Bark["you"]>;
export type Session = Schemas["Session"];
export type Notification = Omit<Schemas["Notification"], "bark"> & { bark: Bark | null };

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Notifications extends Page<Notification> {
  unread: number;
}

export type Near = Schemas["Neighbour"];
export type Suggestion = Schemas["Suggestion"];
export type Match = Schemas["Match"];
export type Trend = Schemas["Trend"];
