import type { Suggestion } from "../api/types";
import { dismiss, isDismissed } from "../state/beside";
import { UserRow } from "./UserRow";

function reason({ because, count }: Suggestion, isShort: boolean): string {
  const names = because.slice(0, isShort ? 1 : 2).map((user) => user.name || `@${user.handle}`);
  if (!names.length) return "Many follow them";
  const others = count - names.length;
  if (isShort) return others > 0 ? `Followed by ${names[0]} + ${others}` : `Followed by ${names[0]}`;
  if (others > 0) return `Followed by ${names.join(", ")} and ${others} more`;
  return `Followed by ${names.join(" and ")}`;
}

/** Somebody to follow, why, and a way not to be told again. */
export function Suggested({ one, short = false }: { one: Suggestion; short?: boolean }) {
  if (isDismissed(one.user.handle)) return null;
  return (
    <UserRow user={one.user} dismiss={() => void dismiss(one.user.handle)}>
      <span class="person-about quiet">{reason(one, short)}</span>
    </UserRow>
  );
}
