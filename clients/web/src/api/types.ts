/** The shapes of the API by their short names. What the generated file does not hold yet is written down here. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type User = Schemas["User"];
export type Bark = Omit<Schemas["Bark"], "rebark_of"> & { rebark_of: Bark | null };
export type Session = Schemas["Session"];
export type Notification = Omit<Schemas["Notification"], "bark"> & { bark: Bark | null };

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Notifications extends Page<Notification> {
  unread: number;
}

export interface Near {
  user: User;
  distance_m: number;
  direction: string;
}

export interface Suggestion {
  user: User;
  because: User[];
  count: number;
}
