import type { ComponentChildren } from "preact";
import type { Suggestion } from "../api/types";
import { dismiss, isDismissed } from "../state/beside";
import { Names } from "./Names";
import { UserRow } from "./UserRow";

function reason({ because, count }: Suggestion, isShort: boolean): ComponentChildren {
  const few = because.slice(0, isShort ? 1 : 2);
  if (!few.length) return "Many follow them";
  const others = count - few.length;
  return (
    <>
      Followed by <Names of={few} glue={others > 0 ? ", " : " and "} />
      {others > 0 ? (isShort ? ` + ${others}` : ` and ${others} more`) : ""}
    </>
  );
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
