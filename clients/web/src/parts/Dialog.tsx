/** A dialog of the browser's own: it keeps the focus inside and gives it back. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./Icon";

interface Props {
  title: string;
  close: () => void;
  children: ComponentChildren;
}

export function Dialog({ title, close, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOutside = useRef(false); // where the button went down: who marks text may let go of it beside the dialog
  useLayoutEffect(() => {
    // Before anything is typed: what comes in between would be taken for shortcuts.
    const shown = dialog.current;
    shown?.showModal();
    shown?.querySelector<HTMLElement>("[data-first]")?.focus(); // else it would be the button that closes
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onPointerDown={(event) => (isOutside.current = event.target === dialog.current)}
      onClick={(event) => isOutside.current && event.target === dialog.current && close()}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id="dialog-title" dir="auto">
            {title}
          </h2>
          <button type="button" class="ghost round" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
