/** The ledger's chain, recomputed from the lines themselves: the database's own function is not asked, for it may have been replaced. */

import { createHash } from 'node:crypto';
import type { ChainedLine } from '../db/audit.js';

/** What the first line stands on. */
const GENESIS = '0'.repeat(64);

/** Its length in bytes, a colon, its value, so that no field runs into the next; a missing one is a dash. */
const field = (value: string | null): string => (value === null ? '-' : `${Buffer.byteLength(value)}:${value}`);

/** The SHA-256 of a line, as 64 hex digits: over its fields in this order, and the hash of the line before. */
export function hashOf(line: ChainedLine): string {
  const { seq, at, actor, kind, service, sha, deployment_id, reason, detail, previous_hash } = line;
  const text = [seq, at, actor, kind, service, sha, deployment_id, reason, detail, previous_hash].map(field).join('');
  return createHash('sha256').update(text).digest('hex');
}

/** What is wrong with a line that should follow `before`; null where it does. */
export function brokenBy(line: ChainedLine, before: ChainedLine | null): string | null {
  const expected = before === null ? 1n : BigInt(before.seq) + 1n;
  if (BigInt(line.seq) < expected) return `line ${line.seq} stands before the first, where nothing is ever written`;
  if (BigInt(line.seq) !== expected) {
    const gone = BigInt(line.seq) - 1n;
    return gone === expected
      ? `line ${expected} is missing: it was taken out after it was written`
      : `lines ${expected} to ${gone} are missing: they were taken out after they were written`;
  }
  if (hashOf(line) !== line.hash)
    return `line ${line.seq} is not as it was written: its hash does not belong to what it says`;
  const previous = before?.hash ?? GENESIS;
  if (line.previous_hash !== previous)
    return `line ${line.seq} does not follow line ${BigInt(line.seq) - 1n}: one of the two was written anew`;
  return null;
}
