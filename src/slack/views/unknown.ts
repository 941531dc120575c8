import type { ChangeRef } from '../../core/change/change.js';
import type { Asks } from '../../core/deployment/asks.js';
import { shown } from '../limits.js';
import { askedLines } from './asked.js';
import { usage } from './help.js';
import { type Message, message } from './message.js';
import { bullets, code, joined, line, type Phrase, richText, theirs } from './rich.js';
import { named } from './words.js';

const MOST_MATCHES = 5;

/** Something typed that means nothing, or more than one thing. `command` is the command word if that was clear. */
export type Unknown =
  | { readonly what: 'word'; readonly typed: string; readonly nearest: string | null }
  | { readonly what: 'service'; readonly command: string; readonly typed: string; readonly nearest: string | null }
  | { readonly what: 'no service'; readonly command: string }
  /** 7 to 40 hex digits that match no change of the service. */
  | {
      readonly what: 'sha';
      readonly command: string;
      readonly service: string;
      readonly typed: string;
      readonly nearest: ChangeRef | null;
    }
  | { readonly what: 'not a sha'; readonly command: string; readonly typed: string; readonly nearest: ChangeRef | null }
  | {
      readonly what: 'ambiguous sha';
      readonly command: string;
      readonly service: string;
      readonly typed: string;
      readonly matches: readonly ChangeRef[];
    }
  | { readonly what: 'no reason'; readonly command: string }
  | { readonly what: 'not a duration'; readonly command: string; readonly typed: string }
  /** `most`: in days. */
  | { readonly what: 'not a period'; readonly command: string; readonly typed: string; readonly most: number }
  | { readonly what: 'too many words'; readonly command: string; readonly typed: string }
  /** What a service asks before a deployment. */
  | {
      readonly what: 'question';
      readonly command: string;
      readonly service: string;
      readonly typed: string;
      readonly nearest: string | null;
      readonly asks: Asks;
    }
  | {
      readonly what: 'choice';
      readonly command: string;
      readonly input: string;
      readonly typed: string;
      readonly nearest: string | null;
      readonly asks: Asks;
    }
  | { readonly what: 'answered twice'; readonly command: string; readonly typed: string; readonly asks: Asks };

/** What was not understood, the nearest match, and the usage. */
export function unknownMessage(unknown: Unknown): Message {
  const { opening, matches } = explain(unknown);
  const commands = usage('command' in unknown ? unknown.command : null);
  return message(
    [opening, ...matches, ['Usage: ', ...joined(commands, '; ')]],
    [richText(line(...opening), ...bullets(matches), line('Usage:'), ...bullets(commands))],
  );
}

function explain(unknown: Unknown): { opening: Phrase; matches: readonly Phrase[] } {
  const matches: readonly Phrase[] = [];
  switch (unknown.what) {
    case 'word':
      return { opening: ['There is no command ', said(unknown.typed), ...didYouMean(unknown.nearest)], matches };
    case 'service':
      return { opening: ['There is no service ', said(unknown.typed), ...didYouMean(unknown.nearest)], matches };
    case 'no service':
      return { opening: [code(unknown.command), ' needs the name of a service.'], matches };
    case 'sha':
      return {
        opening: [
          theirs(unknown.service, shown.name),
          ' has no change ',
          said(unknown.typed),
          ...nearestChange(unknown.nearest),
        ],
        matches,
      };
    case 'not a sha':
      return {
        opening: [said(unknown.typed), ' is not a SHA of 7 to 40 hex digits', ...nearestChange(unknown.nearest)],
        matches,
      };
    case 'ambiguous sha': {
      const listed = unknown.matches.slice(0, MOST_MATCHES).map((change): Phrase => named(change));
      const more = unknown.matches.length - listed.length;
      return {
        opening: [
          said(unknown.typed),
          ' matches several changes of ',
          theirs(unknown.service, shown.name),
          '; type more digits.',
        ],
        matches: more > 0 ? [...listed, [`and ${more} more`]] : listed,
      };
    }
    case 'no reason':
      return { opening: [code(unknown.command), ' needs a reason, which other people will see.'], matches };
    case 'not a duration':
      return {
        opening: [said(unknown.typed), ' is not a duration: use a number and s, m, h or d, such as 2h.'],
        matches,
      };
    case 'not a period':
      return {
        opening: [said(unknown.typed), ` is not a period: use whole days from 1d to ${unknown.most}d, such as 30d.`],
        matches,
      };
    case 'too many words':
      return { opening: [said(unknown.typed), ' is more than ', code(unknown.command), ' accepts.'], matches };
    case 'question':
      return {
        opening: [
          theirs(unknown.service, shown.name),
          ' does not ask ',
          said(unknown.typed),
          ...didYouMean(unknown.nearest),
        ],
        matches: askedLines(unknown.asks),
      };
    case 'choice':
      return {
        opening: [said(unknown.typed), ' is no answer to ', code(unknown.input), ...didYouMean(unknown.nearest)],
        matches: askedLines(unknown.asks),
      };
    case 'answered twice':
      return { opening: [code(unknown.typed), ' is answered twice.'], matches: askedLines(unknown.asks) };
  }
}

const said = (typed: string) => theirs(typed, shown.name, 'code');

const didYouMean = (nearest: string | null): Phrase => (nearest ? ['. Did you mean ', said(nearest), '?'] : ['.']);

const nearestChange = (nearest: ChangeRef | null): Phrase =>
  nearest ? ['. The nearest is ', ...named(nearest), '.'] : ['.'];
