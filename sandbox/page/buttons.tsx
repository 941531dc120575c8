import { useState } from 'react';
import { Confirm, type Question } from './confirm.js';

/** A button of Block Kit. */
export interface BlockButton {
  type: string;
  action_id: string;
  value?: string;
  text: { text: string };
  style?: 'primary' | 'danger';
  url?: string;
  confirm?: Question;
  accessibility_label?: string;
}

/** A row of buttons; one with a question asks it before it is pressed. */
export function Buttons(props: { elements: BlockButton[]; press: (button: BlockButton) => Promise<unknown> }) {
  const [asking, ask] = useState<BlockButton | null>(null);
  const [pressed, setPressed] = useState<string | null>(null);
  const press = async (button: BlockButton) => {
    setPressed(button.action_id);
    await props.press(button);
    setPressed(null);
  };
  return (
    <div className="buttons">
      {props.elements.map((one) =>
        one.type === 'button' ? (
          <button
            key={one.action_id}
            type="button"
            className={one.style}
            data-action={one.action_id}
            aria-label={one.accessibility_label}
            aria-busy={pressed === one.action_id}
            onClick={() => (one.confirm ? ask(one) : press(one))}
          >
            {one.text.text}
          </button>
        ) : (
          <span key={one.action_id} className="aside">
            (an element of type {one.type})
          </span>
        ),
      )}
      {asking?.confirm ? (
        <Confirm
          question={asking.confirm}
          answer={(yes) => {
            ask(null);
            if (yes) void press(asking);
          }}
        />
      ) : null}
    </div>
  );
}
