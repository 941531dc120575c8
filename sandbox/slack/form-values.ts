import { isJson, type Json } from './block-kit/check.js';

/** What a person typed or chose, by block id, action id or the input's label. A list is for checkboxes. */
export type Typed = Record<string, string | string[]>;

const words = (value: unknown) => (isJson(value) && typeof value.text === 'string' ? value.text : '');

/**
 * `state.values` of a submission. Throws where Slack's client would not let the person submit: a required input left
 * empty, text too short or too long, an option that is not there, a name that matches no input.
 */
export function formValues(view: Json, typed: Typed): Json {
  const blocks = (Array.isArray(view.blocks) ? view.blocks : [])
    .filter(isJson)
    .filter((block) => block.type === 'input');
  const used = new Set<string>();
  const values: Json = {};
  for (const block of blocks) {
    const element = isJson(block.element) ? block.element : {};
    const name = [block.block_id, element.action_id, words(block.label)].find(
      (one) => typeof one === 'string' && Object.hasOwn(typed, one),
    );
    const given = typeof name === 'string' ? typed[name] : undefined;
    if (typeof name === 'string') used.add(name);
    const state = stateOf(element, given);
    const filled = Object.entries(state).some(([key, value]) => key !== 'type' && !isEmpty(value));
    if (!filled && block.optional !== true) throw new Error(`the input "${words(block.label)}" is required`);
    values[String(block.block_id)] = { [String(element.action_id)]: state };
  }
  const lost = Object.keys(typed).filter((name) => !used.has(name));
  if (lost.length > 0) throw new Error(`the modal has no input "${lost.join('", "')}"`);
  return values;
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

function stateOf(element: Json, given: string | string[] | undefined): Json {
  const type = String(element.type);
  switch (type) {
    case 'static_select':
    case 'radio_buttons':
      return { type, selected_option: given === undefined ? (element.initial_option ?? null) : option(element, given) };
    case 'checkboxes':
      return {
        type,
        selected_options:
          given === undefined ? (element.initial_options ?? []) : [given].flat().map((value) => option(element, value)),
      };
    case 'users_select':
      return { type, selected_user: given ?? element.initial_user ?? null };
    default:
      return { type, value: typedText(element, given) };
  }
}

function typedText(element: Json, given: string | string[] | undefined): string | null {
  const value = String(given ?? element.initial_value ?? '');
  if (value === '') return null;
  if (value.length < Number(element.min_length ?? 0)) throw new Error('the text is too short for this input');
  if (value.length > Number(element.max_length ?? 3000)) throw new Error('the text is too long for this input');
  return value;
}

function option(element: Json, wanted: unknown): Json {
  const options = (Array.isArray(element.options) ? element.options : []).filter(isJson);
  const found = options.find((one) => one.value === wanted || words(one.text) === wanted);
  if (!found) throw new Error(`there is no option "${String(wanted)}"`);
  return found;
}
