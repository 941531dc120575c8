import { PAUSES } from '../../src/core/pauses.js';
import { type Incoming, takeInClaimed } from '../../src/db/inbox.js';
import type { InboxLoop } from '../../src/jobs/inbox.js';
import { until } from '../support/until.js';
import { inboxLoops, nameOf } from './inbox-loops.js';

/** A replica with room handles what it takes in: it is claimed in the statement that commits it. */

const inbox = inboxLoops();
const { done, left, loop, put } = inbox;

function hasRoom(only: InboxLoop): boolean {
  const room = only.reserve(1);
  room?.fill([]);
  return room !== null;
}

test('what is claimed as it comes in takes its place among the 32, and none while others wait', async () => {
  const begun: string[] = [];
  let free = () => {};
  const blocked = new Promise<void>((resolve) => {
    free = resolve;
  });
  const only = loop(async (row) => {
    begun.push(nameOf(row));
    await blocked;
    await done(row);
  });
  const incoming = (key: string): Incoming => ({ key, command: { type: 'start next', service: key }, reply: null });
  const claim = async (...keys: string[]) => {
    const room = only.reserve(keys.length);
    if (room) room.fill(await takeInClaimed(inbox.pool, keys.map(incoming), room.leaseMs));
    return room !== null;
  };
  expect(await claim(...Array.from({ length: 30 }, (_, n) => `k${n}`))).toBe(true);
  expect(await claim('three', 'too', 'many')).toBe(false);
  expect(await claim('fits')).toBe(true);
  await until('31 are begun', () => begun.length === 31);
  await put('one', 'waits');
  only.wake();
  await until('there is no room any more', () => begun.length === 32);
  expect(only.reserve(1)).toBeNull();
  free();
  await until('all are handled', async () => (await left()) === 0);
  const late = only.reserve(1);
  const stopping = only.stop();
  expect(only.reserve(1)).toBeNull();
  late?.fill(await takeInClaimed(inbox.pool, [incoming('late')], late.leaseMs));
  await stopping;
  expect(await left()).toBe(0);
  expect(begun).toHaveLength(34);
});

test('while a look claims rows, there is no room beside it', async () => {
  let claim = () => {};
  const claiming = new Promise<void>((resolve) => {
    claim = resolve;
  });
  const slow = new Proxy(inbox.pool, {
    get: (of, key) =>
      key === 'query'
        ? async (...asked: unknown[]) => {
            if (Object(asked[0]).name === 'claim-inbox') await claiming;
            return Reflect.apply(of.query, of, asked);
          }
        : Reflect.get(of, key),
  });
  const only = loop(done, PAUSES.jobs.inbox, slow);
  only.wake();
  expect(only.reserve(1)).toBeNull();
  claim();
  await until('the look has ended', () => hasRoom(only));
});

test('a row whose lease ended while it is handled is not handled beside itself by the same process', async () => {
  let free = () => {};
  const blocked = new Promise<void>((resolve) => {
    free = resolve;
  });
  const begun: string[] = [];
  const only = loop(async (row) => {
    begun.push(nameOf(row));
    if (nameOf(row) === 'a') await blocked;
    await done(row);
  });
  await put('a');
  only.wake();
  await until('it is begun', () => begun.length === 1);
  await inbox.pool.query("update inbox set due_at = clock_timestamp() - interval '1 minute' where handled_at is null");
  await put('b');
  only.wake();
  await until('another one is handled', async () => (await left()) === 1);
  expect(begun).toEqual(['a', 'b']);
  free();
  await until('it is handled', async () => (await left()) === 0);
});

test('a row whose claim was not heard of is handled when that has ended', async () => {
  const handled: string[] = [];
  const only = loop(async (row) => {
    handled.push(nameOf(row));
    await done(row);
  }, 3_600_000);
  await until('the first look has ended', () => hasRoom(only));
  const room = only.reserve(1);
  await takeInClaimed(
    inbox.pool,
    [{ key: 'a', command: { type: 'start next', service: 'a' }, reply: null }],
    room?.leaseMs ?? 0,
  );
  room?.fill([]);
  await until('it is handled', () => handled.length === 1, 20_000);
});
