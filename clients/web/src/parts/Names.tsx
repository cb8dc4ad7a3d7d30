import { Fragment } from "preact";
import type { User } from "../api/types";

/** People within a sentence: a name that is read from the right leaves the order of the words around it as it is. */
export function Names({ of, glue = ", " }: { of: User[]; glue?: string }) {
  return (
    <>
      {of.map((one, at) => (
        <Fragment key={one.id}>
          {at ? glue : ""}
          <bdi>{one.name || `@${one.handle}`}</bdi>
        </Fragment>
      ))}
    </>
  );
}
