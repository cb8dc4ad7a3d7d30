import { useEffect } from "preact/hooks";
import { lookAtPush, startTelling, stopTelling, telling } from "../state/push";

/** Tells this device of likes, follows, mentions and replies while it is on. Off until somebody switches it on. */
export function PushSwitch() {
  useEffect(() => void lookAtPush(), []);
  const now = telling.value;
  if (now === "never") return <p class="quiet">This Barker tells nobody who has it closed.</p>;
  if (now === "cannot") {
    return <p class="quiet">This browser cannot. On an iPhone or iPad, add Barker to the home screen and open it there.</p>;
  }
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={now === "on"}
        aria-checked={now === "on"}
        aria-describedby="push-hint"
        disabled={now === "asking"}
        onChange={() => void (now === "on" ? stopTelling() : startTelling())}
      />
      <span class="switch-track" aria-hidden="true" />
      <span class="switch-words">
        <strong>{now === "asking" ? "Asking your browser …" : "Tell this device"}</strong>
        <span class="quiet" id="push-hint">
          Of likes, follows, mentions and replies, while Barker is closed. It ends when you log out.
        </span>
      </span>
    </label>
  );
}
