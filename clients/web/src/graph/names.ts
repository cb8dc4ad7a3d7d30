/** What stands under a face in a picture: as much of a name as there is room for. */
import type { User } from "../api/types";

// A phone has room for fewer faces with a name each.
export const isNarrow = matchMedia("(max-width: 759px)").matches;
const NAME_MAX = isNarrow ? 11 : 14;

/** Return somebody's name, cut by whole characters, of which one may be two halves or more. */
export function shortName(user: User): string {
  const letters = [...new Intl.Segmenter().segment(user.name || user.handle)].map(({ segment }) => segment);
  return letters.length > NAME_MAX ? `${letters.slice(0, NAME_MAX - 1).join("")}…` : letters.join("");
}
