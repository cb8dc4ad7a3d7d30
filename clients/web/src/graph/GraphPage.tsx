/** The follower graph as a picture to walk in. Loaded when it is first asked for. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { wordsOf } from "../api/client";
import { Empty, Failed, Head } from "../parts/bits";
import { Picture } from "./Picture";
import { picture, type Picture as Drawn } from "./ring";
import "../style/pictures.css";

export function GraphPage({ handle }: { handle: string }) {
  const depth = useSignal<1 | 2>(1);
  const drawn = useSignal<Drawn | null>(null);
  const wrong = useSignal("");
  const turn = useSignal(0);
  useEffect(() => {
    let isCurrent = true;
    wrong.value = "";
    picture(handle, depth.value).then(
      (found) => isCurrent && (drawn.value = found),
      (error: unknown) => isCurrent && (wrong.value = wordsOf(error)),
    );
    return () => void (isCurrent = false);
  }, [handle, depth.value, turn.value]);
  const number = drawn.value ? drawn.value.nodes.length - 1 : 0;
  return (
    <>
      <Head title={`Around @${handle}`} back />
      <div class="graph-bar">
        <fieldset class="choices">
          <legend class="unseen">How far to look</legend>
          {([1, 2] as const).map((steps) => (
            <label class="choice" key={steps}>
              <input type="radio" name="depth" checked={depth.value === steps} onChange={() => (depth.value = steps)} />
              <span>{steps === 1 ? "One step" : "Two steps"}</span>
            </label>
          ))}
        </fieldset>
        <a class="button" href={`/@${handle}`}>
          Profile
        </a>
      </div>
      {wrong.value ? (
        <Failed words={wrong.value} again={() => turn.value++} />
      ) : !drawn.value ? (
        <div class="graph graph-blank" role="status" aria-label="Loading" />
      ) : number === 0 ? (
        <Empty icon="graph" title="Nobody around yet">
          <p>Who follows @{handle}, and whom they follow, stands around them here.</p>
        </Empty>
      ) : (
        <>
          <Picture drawn={drawn.value} />
          <p class="quiet graph-foot">
            An arrow leads to who is followed. Choose a face to walk there; arrow keys go around.
            {drawn.value.left ? ` ${drawn.value.left.toLocaleString()} more have no room here.` : ""}
          </p>
        </>
      )}
    </>
  );
}
