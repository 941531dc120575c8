import { useState } from 'react';
import type { Json } from '../demo/shown.js';
import { Blocks } from './blocks.js';
import { Dialog } from './dialog.js';
import { Input, type InputBlock, valuesOf } from './inputs.js';
import { usePage } from './page-context.js';

interface Definition {
  title: { text: string };
  blocks: Json[];
  submit?: { text: string };
  close?: { text: string };
}

/** The modal that is open for me, if any. Errors are shown below their input. */
export function Modal() {
  const { modal } = usePage().shown;
  // A modal that cannot be closed at the demo, because it is gone, is closed here.
  const [away, putAway] = useState('');
  if (!modal || modal.id === away) return null;
  return (
    <Open
      key={modal.id}
      id={modal.id}
      errors={modal.errors}
      definition={modal.definition}
      away={() => putAway(modal.id)}
    />
  );
}

function Open(props: { id: string; errors: Record<string, string>; definition: Json; away: () => void }) {
  const { me, act } = usePage();
  const { id, errors } = props;
  const definition = props.definition as unknown as Definition;
  // What Slack itself asks for before it sends anything to the bot.
  const [missing, setMissing] = useState<string[]>([]);
  const submit = (form: HTMLFormElement) => {
    const values = valuesOf(form);
    const empty = definition.blocks
      .filter((block) => block.type === 'input' && block.optional !== true && !values[String(block.block_id)])
      .map((block) => String(block.block_id));
    setMissing(empty);
    if (empty.length === 0) return void act('submit', { user: me.id, viewId: id, values });
    const first = form.elements.namedItem(empty[0] ?? '');
    if (first instanceof HTMLElement) first.focus();
  };
  const wrong = (block: string) => (missing.includes(block) ? 'Please complete this required field.' : errors[block]);
  const close = async () => {
    if (!(await act('close', { viewId: id }))) props.away();
  };
  return (
    <Dialog title={definition.title.text} className="modal" close={close}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit(event.currentTarget);
        }}
      >
        <div className="scrolls">
          {definition.blocks.map((block, index) =>
            block.type === 'input' ? (
              <Input
                key={String(block.block_id ?? index)}
                block={block as unknown as InputBlock}
                wrong={wrong(String(block.block_id))}
              />
            ) : (
              <Blocks
                // biome-ignore lint/suspicious/noArrayIndexKey: a block has no other name, and its place is what it is
                key={index}
                blocks={[block]}
                press={(button) => act('press', { viewId: id, button })}
              />
            ),
          )}
        </div>
        <div className="ends">
          <button type="button" onClick={close}>
            {definition.close?.text ?? 'Cancel'}
          </button>
          {definition.submit ? (
            <button type="submit" className="primary">
              {definition.submit.text}
            </button>
          ) : null}
        </div>
      </form>
    </Dialog>
  );
}
