import { share, sharing, stopSharing } from "../state/place";

/** Shares one's place while it is on. Off until somebody switches it on. */
export function PlaceSwitch() {
  const isOn = sharing.value !== "off";
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={isOn}
        aria-checked={isOn}
        aria-describedby="place-hint"
        onChange={() => void (isOn ? stopSharing() : share())}
      />
      <span class="switch-track" aria-hidden="true" />
      <span class="switch-words">
        <strong>{sharing.value === "asking" ? "Looking where you are …" : "Share my place"}</strong>
        <span class="quiet" id="place-hint">
          Others nearby see roughly how far away you are, never where. Told each minute while this is on and Barker is
          open; switched off, it is forgotten at once.
        </span>
      </span>
    </label>
  );
}
