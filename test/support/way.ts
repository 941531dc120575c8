import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { until } from './until.js';

/**
 * open: bytes pass, after `delayMs` if that is set. cut: nobody gets through. silent: nothing passes. deaf: requests
 * arrive, and no answer comes back.
 */
type State = 'open' | 'cut' | 'silent' | 'deaf';

/** An address in front of a database that can be re-pointed as in a failover, with a network that can do its worst. */
export async function wayTo(databaseUrl: string) {
  let database = new URL(databaseUrl);
  let state: State = 'open';
  let delayMs = (): number => 0;
  let swallowed: string | null = null;
  const traffic = { underWay: 0 };
  const ends = new Set<Socket>();
  const nears = new Set<Socket>();
  const lost = new Set<Socket>();
  const proxy = createServer((near) => {
    if (state === 'cut') {
      near.destroy();
      return;
    }
    const far = connect(Number(database.port || 5432), database.hostname);
    const there = inOrder(traffic);
    const back = inOrder(traffic);
    nears.add(near);
    near.on('close', () => nears.delete(near));
    near.on('data', (bytes) => {
      if (state === 'silent' || (swallowed !== null && bytes.includes(swallowed))) return;
      there(() => far.write(bytes), delayMs());
    });
    far.on('data', (bytes) => state === 'open' && back(() => near.write(bytes), delayMs()));
    for (const [end, other, pass] of [
      [near, far, there],
      [far, near, back],
    ] as const) {
      ends.add(end);
      end.on('error', () => {});
      end.on('close', () => {
        ends.delete(end);
        // After what was said before it.
        if (!lost.has(other)) pass(() => other.destroySoon(), delayMs());
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const url = new URL(database);
  url.hostname = '127.0.0.1';
  url.port = String((proxy.address() as AddressInfo).port);
  const cut = () => {
    for (const end of ends) end.destroy();
  };
  return {
    url: url.href,
    set: (to: State) => {
      state = to;
      if (to === 'cut' || to === 'open') cut();
    },
    /** From now on each piece takes this much longer, in either direction. */
    slow: (ms: () => number) => {
      delayMs = ms;
    },
    /** A statement with this word never arrives, nor does its answer. null: no more are lost. */
    swallow: (word: string | null) => {
      swallowed = word;
    },
    /** Everything slow has arrived. */
    arrived: () => until('nothing is under way', () => traffic.underWay === 0),
    /** New connections go to another server. */
    pointTo: (to: string) => {
      database = new URL(to);
    },
    /** The server behind it is gone silently: connected clients hear nothing any more, not even an end. */
    lose: () => {
      for (const near of nears) lost.add(near);
      for (const end of ends) if (!lost.has(end)) end.destroy();
    },
    stop: async () => {
      const closed = new Promise((resolve) => proxy.close(resolve));
      cut();
      await closed;
    },
  };
}

/** Does one thing after the other, each after its delay and none before the one that came earlier. */
function inOrder(traffic: { underWay: number }) {
  const late: (() => void)[] = [];
  let last = 0;
  return (arrive: () => void, delayMs: number): void => {
    const now = performance.now();
    last = Math.max(last, now + delayMs);
    if (late.length === 0 && last <= now) {
      arrive();
      return;
    }
    late.push(arrive);
    traffic.underWay += 1;
    setTimeout(() => {
      traffic.underWay -= 1;
      late.shift()?.();
    }, last - now).unref();
  };
}
