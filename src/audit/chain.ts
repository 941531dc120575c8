/** Recomputes the ledger's chain from its lines, without the database's own function, which may have been replaced. */

import { createHash } from 'node:crypto';
import type { ChainedLine } from '../db/audit.js';

/** The previous hash of the first line. */
const GENESIS = '0'.repeat(64);

/** A field's length in bytes, a colon and its value, so that no field runs into the next; a dash when it is null. */
const field = (value: string | null): string => (value === null ? '-' : `${Buffer.byteLength(value)}:${value}`);

/** The SHA-256 of a line, as 64 hex digits, over its fields in this order and the hash of the previous line. */
export function hashOf(line: ChainedLine): string {
  const { seq, at, actor, kind, service, sha, deployment_id, reason, detail, previous_hash } = line;
  const text = [seq, at, actor, kind, service, sha, deployment_id, reason, detail, previous_hash].map(field).join('');
  return createHash('sha256').update(text).digest('hex');
}

/** Says why a line does not follow `before`; null when it does. */
export function brokenBy(line: ChainedLine, before: ChainedLine | null): string | null {
  const expected = before === null ? 1n : BigInt(before.seq) + 1n;
  if (BigInt(line.seq) < expected) return `line ${line.seq} comes before the first line, where nothing is ever written`;
  if (BigInt(line.seq) !== expected) {
    const gone = BigInt(line.seq) - 1n;
    return gone === expected
      ? `line ${expected} is missing: it was removed after it was written`
      : `lines ${expected} to ${gone} are missing: they were removed after they were written`;
  }
  if (hashOf(line) !== line.hash) return `line ${line.seq} was changed: its hash does not match its content`;
  const previous = before?.hash ?? GENESIS;
  if (line.previous_hash !== previous)
    return `line ${line.seq} does not follow line ${BigInt(line.seq) - 1n}: one of the two was rewritten`;
  return null;
}
