import { useLayoutEffect, useRef } from 'react';

/**
 * A dialog above everything: the browser keeps the focus in it and returns it afterwards. `close` is called on Escape;
 * whoever shows the dialog removes it.
 */
export function Dialog(props: { title: string; className?: string; close: () => void; children: React.ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={props.className}
      aria-label={props.title}
      onCancel={(event) => {
        event.preventDefault();
        props.close();
      }}
    >
      <h2>{props.title}</h2>
      {props.children}
    </dialog>
  );
}
