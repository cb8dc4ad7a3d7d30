/** Who is around, as a radar. Loaded when it is first asked for. */
import { useEffect, useMemo } from "preact/hooks";
import { api } from "../api/calls";
import type { Near } from "../api/types";
import { Empty, Head, List } from "../parts/bits";
import { PlaceSwitch } from "../parts/PlaceSwitch";
import { UserRow } from "../parts/UserRow";
import { keepUser } from "../state/known";
import { Pages } from "../state/pages";
import { sharedAt, sharing } from "../state/place";
import { distance, Radar, windOf } from "./Radar";
import "../style/pictures.css";

function Found({ of }: { of: Pages<Near> }) {
  return (
    <>
      {of.items.value?.length ? <Radar near={of.items.value} /> : null}
      <List
        of={of}
        row={(near) => (
          <UserRow user={near.user} key={near.user.id}>
            <span class="person-about quiet">
              {distance(near.distance_m)} {windOf(near.direction)}
            </span>
          </UserRow>
        )}
        empty={
          <Empty icon="nearby" title="Nobody around just now">
            <p>Who shares a place near yours shows here. It is looked again each minute.</p>
          </Empty>
        }
        missing={
          <Empty icon="nearby" title="Not here yet">
            <p>This Barker does not tell who is nearby yet. Your place is shared all the same while the switch is on.</p>
          </Empty>
        }
      />
    </>
  );
}

export function NearbyPage() {
  const near = useMemo(
    () =>
      new Pages(async () => {
        const page = await api.nearby();
        page.items.forEach((one) => keepUser(one.user));
        return { items: page.items, next: null };
      }),
    [],
  );
  const isOn = sharing.value === "on";
  useEffect(() => {
    if (isOn) void near.start();
  }, [isOn, sharedAt.value]);
  return (
    <>
      <Head title="Nearby" />
      <section class="block" aria-label="Sharing your place">
        <PlaceSwitch />
      </section>
      {isOn ? (
        <Found of={near} />
      ) : (
        <Empty icon="nearby" title={sharing.value === "asking" ? "Looking where you are …" : "See who is around"}>
          <p>Whoever shares a place sees who else does, by rounded distances. Nobody is told where you are.</p>
        </Empty>
      )}
    </>
  );
}
