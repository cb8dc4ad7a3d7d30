/** What stands beside the page where there is room for it. */
import { useEffect, useMemo } from "preact/hooks";
import { loadBeside, suggested } from "../state/beside";
import { shown } from "../state/feed";
import { isBlocked } from "../state/hiding";
import { userOf } from "../state/known";
import { me } from "../state/me";
import { path } from "../state/router";
import { helping } from "../state/shortcuts";
import { Avatar } from "./Avatar";
import { Icon } from "./Icon";
import { Suggested } from "./Suggested";
import { Trends } from "./Trends";

const FEW = 3;
const ROOM = matchMedia("(min-width: 1080px)");

function You() {
  const mine = me.value;
  if (!mine) return null;
  return (
    <section class="card mine" aria-label="You">
      <a href={`/@${mine.handle}`} class="person-link">
        <Avatar user={mine} />
        <span class="person-words">
          <strong dir="auto">{mine.name || mine.handle}</strong>
          <span class="quiet">@{mine.handle}</span>
        </span>
      </a>
    </section>
  );
}

function MayKnow({ at }: { at: string }) {
  const all = suggested();
  // Who is followed here stays until the next page, so that nothing moves under the finger.
  const few = useMemo(
    () =>
      (all ?? [])
        .filter(({ user }) => !isBlocked(user.handle) && !userOf(user.handle)?.peek().you?.follows)
        .slice(0, FEW),
    [at, all?.length],
  );
  if (!few.length) return null;
  return (
    <section class="card" aria-labelledby="may-know">
      <h2 id="may-know">People you may know</h2>
      {few.map((one) => (
        <Suggested one={one} key={one.user.id} short />
      ))}
      <a href="/people">Show all</a>
    </section>
  );
}

/** It leaves out what the page itself shows. */
export function Aside() {
  const at = path.value;
  useEffect(() => {
    const load = () => void (ROOM.matches && loadBeside());
    load();
    ROOM.addEventListener("change", load);
    return () => ROOM.removeEventListener("change", load);
  }, [at]);
  return (
    <aside class="aside" aria-label="Beside">
      <You />
      {at === "/people" || (at === "/" && !shown.value?.length) ? null : <MayKnow at={at} />}
      {at === "/search" ? null : (
        <div class="card card-trends">
          <Trends most={5} />
        </div>
      )}
      <p class="quiet aside-foot">
        <button type="button" class="ghost small" onClick={() => (helping.value = true)}>
          <Icon name="keyboard" />
          Keys
        </button>
        <a href="/docs">API</a>
      </p>
    </aside>
  );
}
