/** One thing after the other, where both are about the same: of two that are asked for at once either may come last. */

const turns = new Map<string, Promise<unknown>>();

/** Ask when all that was asked before about the same is answered or refused. */
export async function inTurn<T>(about: string, ask: () => Promise<T>): Promise<T> {
  const answer = (turns.get(about) ?? Promise.resolve()).then(ask, ask);
  turns.set(about, answer);
  try {
    return await answer;
  } finally {
    if (turns.get(about) === answer) turns.delete(about);
  }
}

/** Tell whether more is being asked for about the same. */
export const isUnderWay = (about: string): boolean => turns.has(about);
