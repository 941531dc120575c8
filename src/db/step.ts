/** A step of a deployment: a statement that changes it, if it is as the decision found it. */

import { createHash } from 'node:crypto';
import type { Queryable } from './pool.js';

/** Throws if it has changed. */
export async function move(tx: Queryable, text: string, values: unknown[]): Promise<void> {
  await moved(tx, text, values);
}

/** Also returns what the statement returns of the deployment. */
export async function moved<Row extends object>(
  tx: Queryable,
  text: string,
  values: unknown[],
): Promise<Row | undefined> {
  // Prepared under its text, since each step is taken again and again.
  const { rowCount, rows } = await tx.query<Row>({ name: nameOf(text), text, values });
  if (rowCount !== 1) throw new Error(`deployment ${String(values[0])} changed after the decision`);
  return rows[0];
}

/** A name has at most 63 bytes. */
const nameOf = (text: string): string => `move ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
