import { drawBlocks } from './blocks.js';
import { element } from './draw.js';

const confirmDialog = document.querySelector('#confirm');
const modalDialog = document.querySelector('#modal');

/** Asks what the button's `confirm` asks; true when the person agrees. */
export function ask({ title, text, confirm, deny, style }) {
  return new Promise((resolve) => {
    const answer = (yes) => () => confirmDialog.close(yes ? 'yes' : '');
    confirmDialog.replaceChildren(
      element('h2', {}, title?.text ?? 'Are you sure?'),
      element('p', {}, text?.text ?? ''),
      element(
        'div',
        { className: 'row end' },
        element('button', { type: 'button', onclick: answer(false) }, deny?.text ?? 'No'),
        element(
          'button',
          { type: 'button', className: style ?? 'primary', onclick: answer(true) },
          confirm?.text ?? 'Yes',
        ),
      ),
    );
    confirmDialog.returnValue = '';
    confirmDialog.onclose = () => resolve(confirmDialog.returnValue === 'yes');
    confirmDialog.showModal();
  });
}

let drawn = '';

/**
 * Shows the modal that is open for the person, or none. `does` has `submit(viewId, values)`, `close(viewId)` and
 * `press(viewId, button)`.
 */
export function showModal(view, context, does) {
  const state = JSON.stringify(view ?? null);
  if (state === drawn) return;
  drawn = state;
  if (!view) return modalDialog.close();
  const { definition } = view;
  const press = (button) => does.press(view.id, button);
  const form = element(
    'form',
    { method: 'dialog' },
    element('h2', {}, definition.title.text),
    ...definition.blocks.map((block) =>
      block.type === 'input' ? drawInput(block, view.errors) : drawBlocks([block], { ...context, press }),
    ),
    element(
      'div',
      { className: 'row end' },
      element('button', { type: 'button', onclick: () => modalDialog.close() }, definition.close?.text ?? 'Cancel'),
      definition.submit ? element('button', { className: 'primary' }, definition.submit.text) : null,
    ),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    does.submit(view.id, Object.fromEntries(new FormData(form)));
  };
  // Pushed away by a newer drawing, the dialog closes without anybody having closed it.
  modalDialog.onclose = () => drawn === state && does.close(view.id);
  modalDialog.replaceChildren(form);
  if (!modalDialog.open) modalDialog.showModal();
}

/** Texts to type and lists to choose from; of other inputs only the label. */
function drawInput(block, errors) {
  const one = block.element;
  const common = { name: block.block_id, required: !block.optional };
  const field = {
    plain_text_input: () =>
      element(one.multiline ? 'textarea' : 'input', {
        ...common,
        value: one.initial_value ?? '',
        maxLength: one.max_length,
        placeholder: one.placeholder?.text,
      }),
    static_select: () =>
      element(
        'select',
        common,
        ...one.options.map((option) => element('option', { value: option.value }, option.text.text)),
      ),
  }[one.type]?.();
  const wrong = errors[block.block_id];
  return element(
    'label',
    { className: 'input' },
    block.label.text,
    field ?? `(an input of type ${one.type})`,
    wrong ? element('span', { className: 'wrong' }, wrong) : null,
  );
}
