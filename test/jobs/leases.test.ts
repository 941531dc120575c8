import type pg from 'pg';
import { createLeases } from '../../src/jobs/leases.js';
import { until } from '../support/until.js';

/** A pool whose statements end when the test says so, with the rows that each renews. */
function statements() {
  const sent: { readonly ids: readonly number[]; readonly end: () => void }[] = [];
  const query = ({ values: [ids] }: { readonly values: readonly [readonly number[]] }) =>
    new Promise<void>((resolve) => sent.push({ ids, end: resolve }));
  return { sent, pool: { query } as unknown as pg.Pool };
}

test('one statement renews all that is held', async () => {
  const { sent, pool } = statements();
  const leases = createLeases(pool);
  const ends = [1, 2, 3].map((id) => leases.hold(id));
  await until('they are renewed', () => sent.length === 1);
  expect(sent[0]?.ids).toEqual([1, 2, 3]);
  expect(leases.size()).toBe(3);
  for (const end of ends) void end();
  expect(leases.size()).toBe(0);
  sent[0]?.end();
});

test('a renewal that hangs keeps no other from its own, and only its rows wait for it', async () => {
  const { sent, pool } = statements();
  const leases = createLeases(pool);
  const first = leases.hold(1);
  await until('it is renewed', () => sent.length === 1);
  const second = leases.hold(2);
  await second();
  const third = leases.hold(3);
  await until('another connection renews', () => sent.length === 2);
  expect(sent[1]?.ids).toEqual([1, 3]);
  let let1Go = false;
  const gone = first().then(() => {
    let1Go = true;
  });
  sent[1]?.end();
  await third();
  expect(let1Go).toBe(false);
  sent[0]?.end();
  await gone;
});
