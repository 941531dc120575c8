import type { Remembered } from './database.js';

const leastMs = 125;
/** The ledger grows silently; a look every half second is cheap, and only made while somebody watches. */
const ledgerMs = 500;
const ledgerLines = 40;

/** The current state, for whoever watches. */
export interface Feed {
  /** The state of this person, as JSON. */
  look(user: string): Promise<string>;
  /** Sends the state at once and after every change, at most 8 times a second. Returns the function that stops it. */
  follow(user: string, give: (state: string) => void): () => void;
  /** Something may have changed. */
  touch(): void;
  stop(): void;
}

interface Follower {
  user: string;
  give: (state: string) => void;
  last: string;
}

/** A feed of what `draw` makes from a person and from what `read` remembers. */
export function createFeed(parts: {
  read: (lines: number) => Promise<Remembered>;
  draw: (user: string, remembered: Remembered) => object;
}): Feed {
  const followers = new Set<Follower>();
  let next: NodeJS.Timeout | null = null;
  let reading = false;
  let touched = false;
  let since = 0;

  const look = async (user: string) => JSON.stringify(parts.draw(user, await parts.read(ledgerLines)));

  async function tell(): Promise<void> {
    next = null;
    if (reading) return;
    reading = true;
    touched = false;
    since = performance.now();
    try {
      const remembered = await parts.read(ledgerLines);
      for (const one of followers) {
        const state = JSON.stringify(parts.draw(one.user, remembered));
        if (state === one.last) continue;
        one.last = state;
        one.give(state);
      }
    } catch {
      // The database is away for a moment, or for good, which is reported elsewhere: the next look shows it.
    } finally {
      reading = false;
      if (touched) touch();
    }
  }

  function touch(): void {
    touched = true;
    if (next || reading || followers.size === 0) return;
    next = setTimeout(() => void tell(), Math.max(0, since + leastMs - performance.now()));
  }

  const ledger = setInterval(touch, ledgerMs);
  return {
    look,
    touch,
    follow: (user, give) => {
      const one = { user, give, last: '' };
      followers.add(one);
      touch();
      return () => void followers.delete(one);
    },
    stop: () => {
      clearInterval(ledger);
      if (next) clearTimeout(next);
      followers.clear();
    },
  };
}
