/** A list of barks that may be long: what is out of sight costs the browser a look a piece, not one a card. */
import { Component } from "preact";
import { useMemo } from "preact/hooks";
import { Pieces } from "../state/pieces";
import { BarkCard } from "./BarkCard";

/** The same piece stays as it is while only others grow. */
class PieceOf extends Component<{ ids: string[] }> {
  shouldComponentUpdate({ ids }: { ids: string[] }): boolean {
    return ids.length !== this.props.ids.length || ids.some((id, n) => id !== this.props.ids[n]);
  }

  render({ ids }: { ids: string[] }) {
    return (
      <div class="piece">
        {ids.map((id) => (
          <BarkCard id={id} key={id} />
        ))}
      </div>
    );
  }
}

export function BarkList({ ids }: { ids: string[] }) {
  const pieces = useMemo(() => new Pieces(), []);
  return (
    <>
      {pieces.cut(ids).map((piece) => (
        <PieceOf key={piece.key} ids={piece.ids} />
      ))}
    </>
  );
}
