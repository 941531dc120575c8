/** An input of a modal. */
export interface InputBlock {
  block_id: string;
  label: { text: string };
  hint?: { text: string };
  optional?: boolean;
  element: {
    type: string;
    multiline?: boolean;
    initial_value?: string;
    max_length?: number;
    placeholder?: { text: string };
    options?: Option[];
    initial_option?: Option;
  };
}

interface Option {
  text: { text: string };
  value: string;
}

/** An input with its label, and below it its hint and what Slack or the bot finds wrong. */
export function Input({ block, wrong }: { block: InputBlock; wrong: string | undefined }) {
  const { block_id: id, label, hint, optional } = block;
  const about = [...(hint ? [`${id}-hint`] : []), ...(wrong ? [`${id}-wrong`] : [])].join(' ');
  return (
    <div className="input">
      <label htmlFor={id}>
        {label.text}
        {optional ? <span className="aside"> (optional)</span> : null}
      </label>
      <Field block={block} about={about} wrong={wrong !== undefined} />
      {hint ? (
        <p className="aside" id={`${id}-hint`}>
          {hint.text}
        </p>
      ) : null}
      {wrong ? (
        <p className="wrong" id={`${id}-wrong`}>
          {wrong}
        </p>
      ) : null}
    </div>
  );
}

function Field({ block, about, wrong }: { block: InputBlock; about: string; wrong: boolean }) {
  const { block_id: id, element, optional } = block;
  const common = {
    id,
    name: id,
    required: !optional,
    'aria-invalid': wrong,
    'aria-describedby': about === '' ? undefined : about,
  };
  const typed = {
    ...common,
    defaultValue: element.initial_value,
    maxLength: element.max_length,
    placeholder: element.placeholder?.text,
  };
  switch (element.type) {
    case 'plain_text_input':
      return element.multiline ? <textarea rows={3} {...typed} /> : <input {...typed} />;
    case 'number_input':
      return <input inputMode="decimal" {...typed} />;
    case 'datepicker':
      return <input type="date" {...common} />;
    case 'static_select':
    case 'radio_buttons':
      return (
        <select {...common} defaultValue={element.initial_option?.value}>
          {(element.options ?? []).map(({ text, value }) => (
            <option key={value} value={value}>
              {text.text}
            </option>
          ))}
        </select>
      );
    case 'checkboxes':
      return (
        <fieldset className="checks" aria-describedby={common['aria-describedby']} id={id}>
          {(element.options ?? []).map(({ text, value }) => (
            <label key={value}>
              <input type="checkbox" name={id} value={value} /> {text.text}
            </label>
          ))}
        </fieldset>
      );
    default:
      return <p className="aside">(an input of type {element.type})</p>;
  }
}

/** What was entered, by the id of its block. */
export function valuesOf(form: HTMLFormElement): Record<string, string | string[]> {
  const data = new FormData(form);
  return Object.fromEntries(
    [...new Set(data.keys())].map((name) => {
      const values = data.getAll(name).filter((value) => typeof value === 'string');
      const ticked = form.querySelector(`input[type=checkbox][name="${CSS.escape(name)}"]`) !== null;
      return [name, ticked ? values : (values[0] ?? '')];
    }),
  );
}
