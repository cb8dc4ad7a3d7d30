/** A list cut into pieces. Each item stays in its piece while the list grows: one that moved would be drawn anew. */
export interface Piece {
  key: number;
  ids: string[];
}

const SIZE = 40;

export class Pieces {
  private readonly keys = new Map<string, number>();
  private sizes = new Map<number, number>();
  private last = 0;

  /** Cut a list of which what was there before is in the same order. */
  cut(ids: string[]): Piece[] {
    const pieces: Piece[] = [];
    let added: string[] = [];
    for (const id of ids) {
      const key = this.keys.get(id);
      if (key === undefined) {
        added.push(id);
        continue;
      }
      this.place(pieces, added, key);
      added = [];
      if (pieces.at(-1)?.key === key) pieces.at(-1)!.ids.push(id);
      else pieces.push({ key, ids: [id] });
    }
    this.place(pieces, added, null);
    this.sizes = new Map(pieces.map(({ key, ids }) => [key, ids.length]));
    return pieces;
  }

  /** Place what is new before the piece `next`: into the one before and into `next` while there is room, else between. */
  private place(pieces: Piece[], added: string[], next: number | null): void {
    const before = pieces.at(-1);
    const isInside = before !== undefined && before.key === next;
    const fits = isInside ? added.length : Math.max(0, before ? SIZE - before.ids.length : 0);
    added.slice(0, fits).forEach((id) => this.add(before!, id));
    const rest = added.slice(fits);
    const room = next === null ? 0 : Math.max(0, SIZE - (this.sizes.get(next) ?? SIZE));
    const between = room ? rest.slice(0, -room) : rest;
    for (let from = 0; from < between.length; from += SIZE) this.open(pieces, ++this.last, between.slice(from, from + SIZE));
    if (between.length < rest.length) this.open(pieces, next!, rest.slice(between.length));
  }

  private open(pieces: Piece[], key: number, ids: string[]): void {
    const piece: Piece = { key, ids: [] };
    pieces.push(piece);
    ids.forEach((id) => this.add(piece, id));
  }

  private add(piece: Piece, id: string): void {
    piece.ids.push(id);
    this.keys.set(id, piece.key);
  }
}
