import { inWords } from '../../core/check.js';
import { type AskedInput, choicesOf } from '../../core/deployment/asks.js';

/** What a workflow declares, by the names of its inputs in lower case. `options` is null for what is no choice. */
interface Declared {
  readonly inputs: ReadonlyMap<string, { readonly options: readonly string[] | null }>;
  readonly types: ReadonlyMap<string, string>;
}

/** What does not fit, and what mends it. */
interface Misfits {
  readonly found: readonly string[];
  readonly mend: readonly string[];
}

/** The names of the inputs that each start gives. A text may stay empty, and Roll back answers only what has a default. */
export const alwaysGiven = (asked: readonly AskedInput[]): string[] =>
  asked.filter(({ standard }) => standard !== null && standard !== '').map(({ input }) => input);

/** Answers that the workflow does not take: choices that are none of its options, and texts for what is no text. */
export function askedMisfits({ inputs, types }: Declared, asked: readonly AskedInput[], workflow: string): Misfits {
  const found: string[] = [];
  const options: string[] = [];
  const texts: string[] = [];
  for (const { input, kind } of asked) {
    const [declared, type] = [inputs.get(input.toLowerCase()), types.get(input.toLowerCase())];
    if (!declared) continue;
    const values = kind.is === 'text' ? [] : choicesOf(kind);
    const allowed = type === 'boolean' ? ['true', 'false'] : declared.options;
    const refused = allowed ? values.filter((value) => !allowed.includes(value)) : [];
    const unnumbered = type === 'number' ? values.filter((value) => Number.isNaN(Number(value))) : [];
    const strange = [...refused, ...unnumbered];
    if (strange.length > 0) {
      found.push(`${input} may be answered with ${inWords(strange)}, which it does not take`);
      options.push(input);
    }
    if (kind.is === 'text' && (type === 'choice' || type === 'boolean' || type === 'number')) {
      found.push(`${input} is a ${type}, and is answered with a text`);
      texts.push(input);
    }
  }
  return {
    found,
    mend: [
      ...(options.length > 0
        ? [`Offer what ${workflow} takes of ${inWords(options)} in production.ask of the config.`]
        : []),
      ...(texts.length > 0
        ? [`Ask ${inWords(texts)} with choice or yes_or_no, or give it type: string in ${workflow}.`]
        : []),
    ],
  };
}
