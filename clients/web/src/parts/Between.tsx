/** What is between me and somebody: who of mine follows them, and how many follows lead there. Comes when all else is there. */
import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect } from "preact/hooks";
import { api } from "../api/calls";
import type { User } from "../api/types";
import { whenQuiet } from "../state/beside";
import { Avatar } from "./Avatar";
import { Names } from "./Names";

const FEW = 3;

function Known({ known, handle }: { known: User[]; handle: string }) {
  const few = known.slice(0, FEW);
  const isAll = known.length <= FEW;
  const named = isAll ? few.slice(0, -1) : few;
  return (
    <a class="between-known" href={`/@${handle}/followers`}>
      <span class="faces">
        {few.map((one) => (
          <Avatar user={one} size="s" key={one.id} />
        ))}
      </span>
      <span>
        Followed by <Names of={named} />
        {named.length ? " and " : ""}
        {isAll ? <Names of={few.slice(-1)} /> : "others you follow"}
      </span>
    </a>
  );
}

function Way({ people, handle }: { people: User[]; handle: string }) {
  if (!people.length) return <p>No way of follows leads from you to @{handle} yet.</p>;
  const steps = people.length - 1;
  return (
    <p>
      {steps} {steps === 1 ? "step" : "steps"} away: you
      {people.slice(1).map((one) => (
        <Fragment key={one.id}>
          {" → "}
          <a href={`/@${one.handle}`}>@{one.handle}</a>
        </Fragment>
      ))}
    </p>
  );
}

export function Between({ user }: { user: User }) {
  const known = useSignal<User[]>([]);
  const way = useSignal<User[] | null>(null);
  const follows = user.you?.follows ?? false;
  useEffect(() => {
    let isHere = true;
    const nothing = () => undefined; // it is told on top: without it the page is whole
    void whenQuiet().then(() => {
      if (!isHere) return;
      api.followersYouKnow(user.handle, FEW + 1).then((page) => void (known.value = page.items), nothing);
      if (!follows) api.pathTo(user.handle).then((found) => void (way.value = found.people), nothing);
    });
    return () => void (isHere = false);
  }, [user.handle]);
  return (
    <div class="between quiet">
      {known.value.length ? <Known known={known.value} handle={user.handle} /> : null}
      {way.value && !follows ? <Way people={way.value} handle={user.handle} /> : null}
    </div>
  );
}
