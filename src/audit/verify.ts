import { type ChainedLine, linesFrom, strangeGuards } from '../db/audit.js';
import type { Queryable } from '../db/pool.js';
import { brokenBy } from './chain.js';

/** The result of reading the whole ledger. */
export interface Verified {
  readonly lines: number;
  readonly first: Pick<ChainedLine, 'seq' | 'at'> | null;
  readonly last: Pick<ChainedLine, 'seq' | 'at' | 'hash'> | null;
  /** The first fault of the chain; null when it is intact. */
  readonly broken: string | null;
  /** The line with the hash to look for; null when no line has it or none was given. */
  readonly head: string | null;
  /** The faults of the triggers that protect the ledger: missing, switched off, modified or added. */
  readonly unguarded: readonly string[];
}

const PAGE = 5_000;

/**
 * Reads the ledger from its first line, page by page, in the caller's transaction; in a repeatable read, concurrent
 * writes are not visible. `head`: a hash of 64 hex digits, from a digest or an export, to look for.
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

/** The result in lines for people, and whether the ledger is intact. */
export function verdictOf(found: Verified, asked: string | null): { readonly whole: boolean; readonly text: string[] } {
  const { lines, first, last, broken, head, unguarded } = found;
  const text =
    first && last
      ? [`${lines} lines, from ${first.seq} (${first.at}) to ${last.seq} (${last.at}).`]
      : ['The ledger is empty.'];
  if (broken) text.push(`BROKEN: ${broken}. Compare with an earlier backup or export.`);
  else if (last) text.push('Every line is unchanged and follows the one before.');
  if (last) text.push(`Newest hash: ${last.hash} (line ${last.seq}). Keep it outside this database.`);
  if (asked !== null && head !== null) text.push(`The hash given with --head is that of line ${head}.`);
  if (asked !== null && head === null)
    text.push('BROKEN: no line has the hash given with --head: lines were cut off the end or rewritten.');
  if (unguarded.length > 0) text.push(`BROKEN: the database no longer protects the lines: ${unguarded.join('; ')}.`);
  return { whole: broken === null && (asked === null || head !== null) && unguarded.length === 0, text };
}
