import type pg from 'pg';

/** How many share a turn: more would hold the row of the service for long. */
const MOST_AT_ONCE = 50;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly work: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** How many turns of a pool are under way, and who waits until one ends. */
const seats = new WeakMap<pg.Pool, { taken: number; readonly waiting: (() => void)[] }>();

const lines = new WeakMap<pg.Pool, Map<string, Waiting<unknown, unknown>[]>>();

/**
 * Has `work` done for `item`, one turn at a time per name and pool in this process. Callers that would only wait in the
 * database for a row lock that this process holds wait here, without a connection; whoever waits for a turn shares the
 * next one, at most 50 at once, oldest first. No more turns than the pool has connections are under way, so that none waits
 * for a connection until that fails. `work` returns a result for each of its items, in their order; when it
 * throws, all of them fail. Items of one name must come with the same work. The lock itself keeps other processes out.
 */
export function inTurn<Item, Result>(
  pool: pg.Pool,
  name: string,
  item: Item,
  work: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>,
): Promise<Result> {
  const byName = (lines.get(pool) ?? new Map()) as Map<string, Waiting<Item, Result>[]>;
  lines.set(pool, byName as Map<string, Waiting<unknown, unknown>[]>);
  return new Promise((resolve, reject) => {
    const waiting = { item, work, resolve, reject };
    const line = byName.get(name);
    if (line) {
      line.push(waiting);
      return;
    }
    const own = [waiting];
    byName.set(name, own);
    void takeTurns(pool, own, () => byName.delete(name));
  });
}

/** `ended` is called in the same moment in which nobody waits any more. */
async function takeTurns<Item, Result>(pool: pg.Pool, line: Waiting<Item, Result>[], ended: () => void): Promise<void> {
  while (line.length > 0) {
    const seat = takeSeat(pool);
    const leave = seat instanceof Promise ? await seat : seat;
    const turn = line.splice(0, MOST_AT_ONCE);
    const [first] = turn as [Waiting<Item, Result>];
    try {
      const results = await first.work(turn.map(({ item }) => item));
      for (const [place, { resolve, reject }] of turn.entries()) {
        const result = results[place];
        if (result?.status === 'fulfilled') resolve(result.value);
        else reject(result?.reason);
      }
    } catch (error) {
      for (const { reject } of turn) reject(error);
    } finally {
      leave();
    }
  }
  ended();
}

/** What ends a turn that begins now, or once another has ended. */
function takeSeat(pool: pg.Pool): (() => void) | Promise<() => void> {
  const here = seats.get(pool) ?? { taken: 0, waiting: [] };
  seats.set(pool, here);
  const leave = () => {
    const next = here.waiting.shift();
    // Whoever waits has the seat at once.
    if (next) next();
    else here.taken -= 1;
  };
  if (here.taken >= pool.options.max) return new Promise((resolve) => here.waiting.push(() => resolve(leave)));
  here.taken += 1;
  return leave;
}
