import type { Names } from '../../core/report.js';
import type { Ahead } from '../../core/service/ahead.js';
import { clip } from '../limits.js';
import { gateLine } from './card-gates.js';
import { everyone } from './people.js';
import { bold, date, emoji, type Phrase, theirs } from './rich.js';
import { capital } from './words.js';

const MOST = 5;
const MOST_SERVICES = 3;
const MOST_REASON = 100;

/** What is shut now or will be before the next digest, a line each, and how many more gates there are. */
export function aheadLines(ahead: readonly Ahead[], until: Date, names: Names): Phrase[] {
  const lines = ahead.slice(0, MOST).map((one) => aheadLine(one, until, names));
  const more = ahead.length - lines.length;
  return more > 0 ? [...lines, [`and ${more} more locks and freezes: /release status`]] : lines;
}

function aheadLine({ gate, services }: Ahead, until: Date, names: Names): Phrase {
  const clipped = { ...gate, reason: clip(gate.reason, MOST_REASON) };
  if (gate.gate === 'stopped') {
    const [first = '', ...rest] = gateLine(clipped, names);
    return [emoji('octagonal_sign'), ` ${capital(String(first))}`, ...rest];
  }
  const of: Phrase = [
    emoji(gate.gate === 'locked' ? 'lock' : 'snowflake'),
    ' ',
    bold(everyone(services, MOST_SERVICES)),
    ' ',
  ];
  if (gate.gate === 'locked' || gate.since <= until) return [...of, ...gateLine(clipped, names)];
  const { since, until: to, reason } = gate;
  return [...of, 'will be frozen from ', date(since), ' to ', date(to), ': ', theirs(reason, MOST_REASON)];
}
