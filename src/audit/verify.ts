import { type ChainedLine, linesFrom, strangeGuards } from '../db/audit.js';
import type { Queryable } from '../db/pool.js';
import { brokenBy } from './chain.js';

/** What a walk over the whole ledger found. */
export interface Verified {
  readonly lines: number;
  readonly first: Pick<ChainedLine, 'seq' | 'at'> | null;
  readonly last: Pick<ChainedLine, 'seq' | 'at' | 'hash'> | null;
  /** The first thing that is wrong with the chain; null where it holds. */
  readonly broken: string | null;
  /** The line whose hash was asked for; null where none has it, or none was asked for. */
  readonly head: string | null;
  /** What keeps the ledger as it is, and does not any more: missing, switched off, changed; and what was put beside it. */
  readonly unguarded: readonly string[];
}

const PAGE = 5_000;

/**
 * Walks the ledger from its first line, in the caller's transaction, a page at a time; what was written meanwhile is not seen in a
 * repeatable read. `head`: 64 hex digits that a digest or an export named, looked for on the way.
 */
export async function verifyLedger(tx: Queryable, head: string | null): Promise<Verified> {
  let lines = 0;
  let first: ChainedLine | null = null;
  let before: ChainedLine | null = null;
  let broken: string | null = null;
  let found: string | null = null;
  for (;;) {
    const page: ChainedLine[] = await linesFrom(tx, before && BigInt(before.seq) + 1n, PAGE);
    for (const line of page) {
      broken ??= brokenBy(line, before);
      if (line.hash === head) found = line.seq;
      first ??= line;
      before = line;
      lines += 1;
    }
    if (page.length < PAGE) break;
  }
  return { lines, first, last: before, broken, head: found, unguarded: await strangeGuards(tx) };
}

/** What was found, in lines for a person, and whether all is well. */
export function verdictOf(found: Verified, asked: string | null): { readonly whole: boolean; readonly text: string[] } {
  const { lines, first, last, broken, head, unguarded } = found;
  const text =
    first && last
      ? [`${lines} lines, from ${first.seq} (${first.at}) to ${last.seq} (${last.at}).`]
      : ['The ledger is empty.'];
  if (broken) text.push(`BROKEN: ${broken}. Compare with a backup or an export from before.`);
  else if (last) text.push('Every line is as it was written, and follows the one before.');
  if (last) text.push(`Newest hash: ${last.hash} (line ${last.seq}). Keep it outside of this database.`);
  if (asked !== null && head !== null) text.push(`The hash that was asked for is that of line ${head}.`);
  if (asked !== null && head === null)
    text.push('BROKEN: no line has the hash that was asked for: lines were cut off the end, or written anew.');
  if (unguarded.length > 0)
    text.push(`BROKEN: the database does not keep the lines as they are any more: ${unguarded.join('; ')}.`);
  return { whole: broken === null && (asked === null || head !== null) && unguarded.length === 0, text };
}
