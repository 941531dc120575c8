import { type AskedInput, type Asks, choicesOf, wordsOf } from '../../core/deployment/asks.js';
import { clip, shown } from '../limits.js';
import { code, type Phrase, theirs } from './rich.js';

/** How each question is answered in a typed line. */
export function askedLines({ inputs, checks }: Asks): Phrase[] {
  return [
    ...inputs.map(
      (asked): Phrase => [
        code(clip(`${asked.input}=${exampleOf(asked)}`, shown.title)),
        ' ',
        theirs(asked.label, shown.name),
        ...choicesIn(asked),
        ...standardOf(asked),
      ],
    ),
    ...(checks.length > 0
      ? [[code('--checked'), ' ', theirs(checks.join(' · '), 2 * shown.reason)] satisfies Phrase]
      : []),
  ];
}

const choicesIn = ({ kind }: AskedInput): Phrase =>
  kind.is === 'text'
    ? []
    : [
        ': ',
        theirs(
          choicesOf(kind)
            .map((value) => wordsOf(kind, value))
            .join(', '),
          shown.title,
        ),
      ];

function standardOf({ kind, standard }: AskedInput): Phrase {
  if (standard !== null) return [' · default ', theirs(wordsOf(kind, standard), shown.name)];
  return kind.is === 'text' && !kind.required ? [' · may be left out'] : [];
}

/** One with spaces is put in quotes. */
function exampleOf({ kind, standard }: AskedInput): string {
  if (kind.is === 'text') return '"…"';
  const value = wordsOf(kind, standard ?? choicesOf(kind)[0] ?? '');
  return /\s/.test(value) ? `"${value}"` : value;
}
