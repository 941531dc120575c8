import { type Incoming, takeInClaimed } from '../../src/db/inbox.js';
import type { Room } from '../../src/flow/receive.js';
import type { InboxLoop } from '../../src/jobs/inbox.js';
import { until } from '../support/until.js';
import { inboxLoops, nameOf } from './inbox-loops.js';

/** A replica with room handles what it takes in: it is claimed in the statement that commits it. */

const inbox = inboxLoops();
const { done, left, loop, put } = inbox;

const incoming = (key: string): Incoming => ({ key, command: { type: 'start next', service: key }, reply: null });

/** The pool, which does something before each statement of this name, or before its answer. */
const watched = (name: string, before: () => unknown, after: () => unknown = () => {}) =>
  new Proxy(inbox.pool, {
    get: (of, key) =>
      key === 'query'
        ? async (...asked: unknown[]) => {
            if (Object(asked[0]).name !== name) return Reflect.apply(of.query, of, asked);
            await before();
            const answer: unknown = await Reflect.apply(of.query, of, asked);
            await after();
            return answer;
          }
        : Reflect.get(of, key),
  });

/** Room for one row, as soon as no look is under way that may claim as many as there is room for. */
async function roomIn(only: InboxLoop): Promise<Room> {
  for (;;) {
    const room = only.reserve(1);
    if (room) return room;
    await new Promise(setImmediate);
  }
}

/** All at once: what comes soon after the last is begun, too. */
const NO_GAP = { together: 0 };

test('what is claimed as it comes in takes its place among the 96, and none while others wait', async () => {
  const begun: string[] = [];
  let free = () => {};
  const blocked = new Promise<void>((resolve) => {
    free = resolve;
  });
  const only = loop(async (row) => {
    begun.push(nameOf(row));
    await blocked;
    await done(row);
  }, NO_GAP);
  const claim = async (...keys: string[]) => {
    const room = only.reserve(keys.length);
    if (room) room.fill(await takeInClaimed(inbox.pool, keys.map(incoming), room.leaseMs));
    return room !== null;
  };
  expect(await claim(...Array.from({ length: 94 }, (_, n) => `k${n}`))).toBe(true);
  expect(await claim('three', 'too', 'many')).toBe(false);
  expect(await claim('fits')).toBe(true);
  await until('95 are begun', () => begun.length === 95);
  await put('one', 'waits');
  only.wake();
  await until('there is no room any more', () => begun.length === 96);
  expect(only.reserve(1)).toBeNull();
  free();
  await until('all are handled', async () => (await left()) === 0);
  const late = await roomIn(only);
  const stopping = only.stop();
  expect(only.reserve(1)).toBeNull();
  late.fill(await takeInClaimed(inbox.pool, [incoming('late')], late.leaseMs));
  await stopping;
  expect(await left()).toBe(0);
  expect(begun).toHaveLength(98);
});

describe('what comes soon after the last that was begun', () => {
  /** Hands over one row, which is begun as it comes in. */
  async function beginOne(only: InboxLoop, begun: readonly string[]): Promise<void> {
    const room = only.reserve(1);
    room?.fill(await takeInClaimed(inbox.pool, [incoming('first')], room.leaseMs));
    await until('the first is begun', () => begun.length === 1);
  }

  test('waits, and is begun together; a stop does not leave it behind', async () => {
    const begun: string[] = [];
    let claims = 0;
    const counted = watched('claim-inbox', () => {
      claims += 1;
    });
    const only = loop(
      async (row) => {
        begun.push(nameOf(row));
        await done(row);
      },
      { inbox: 3_600_000, together: 3_600_000 },
      counted,
    );
    await beginOne(only, begun);
    const before = claims;
    for (const key of ['a', 'b', 'c']) {
      expect(only.reserve(1)).toBeNull();
      await put(key);
      only.wake();
    }
    expect(begun).toEqual(['first']);
    await only.stop();
    expect(begun).toEqual(['first', 'a', 'b', 'c']);
    expect(claims - before).toBe(1);
    expect(await left()).toBe(0);
  });

  test('is begun when its time has come, without another word', async () => {
    const begun: string[] = [];
    const only = loop(
      async (row) => {
        begun.push(nameOf(row));
        await done(row);
      },
      { inbox: 3_600_000 },
    );
    await beginOne(only, begun);
    await put('a');
    only.wake();
    await until('it is handled', async () => (await left()) === 0);
    expect(begun).toEqual(['first', 'a']);
  });
});

test('while a look claims rows, there is no room beside it', async () => {
  let claim = () => {};
  const claiming = new Promise<void>((resolve) => {
    claim = resolve;
  });
  const only = loop(
    done,
    NO_GAP,
    watched('claim-inbox', () => claiming),
  );
  only.wake();
  expect(only.reserve(1)).toBeNull();
  claim();
  (await roomIn(only)).fill([]);
});

test('what comes while a look is under way is not left behind by a stop', async () => {
  let claim = () => {};
  const claiming = new Promise<void>((resolve) => {
    claim = resolve;
  });
  let looked = false;
  const slowly = watched(
    'claim-inbox',
    () => {},
    () => {
      looked = true;
      return claiming;
    },
  );
  const only = loop(done, { inbox: 3_600_000 }, slowly);
  only.wake();
  await until('it has looked, and does not know it yet', () => looked);
  await put('late');
  only.wake();
  const stopping = only.stop();
  claim();
  await stopping;
  expect(await left()).toBe(0);
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
  const only = loop(
    async (row) => {
      handled.push(nameOf(row));
      await done(row);
    },
    { inbox: 3_600_000, together: 0 },
  );
  const room = await roomIn(only);
  await takeInClaimed(inbox.pool, [incoming('a')], room.leaseMs);
  room.fill([]);
  await until('it is handled', () => handled.length === 1, 20_000);
});
