import { GITHUB_FAULTS, GITHUB_ROUTES, SLACK_FAULTS, SLACK_METHODS } from '../../sandbox/failing.js';

/** What a storm is made of: chance that can be repeated, clocks that are off, and calls that fail in every way. */

/** Numbers from 0 to 1, the same for the same seed (a linear congruence; nothing rests on their quality). */
export function randomFrom(seed: number) {
  let state = seed;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return {
    random,
    chance: (of: number): boolean => random() < of,
    oneOf: <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T,
  };
}

/** The environment of a process whose clock is off by so many seconds. */
export function clockOff(seconds: number): Record<string, string> {
  const shift = `
    const now = Date.now;
    globalThis.Date = class extends Date {
      constructor(...given) { if (given.length > 0) super(...given); else super(now() + ${seconds * 1_000}); }
      static now() { return now() + ${seconds * 1_000}; }
    };`;
  return { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(shift)}"` };
}

/** One of each side. */
export function faultsOf(oneOf: <T>(all: readonly T[]) => T) {
  return {
    github: { route: oneOf(GITHUB_ROUTES), fault: oneOf(GITHUB_FAULTS) },
    slack: { method: oneOf(SLACK_METHODS), fault: oneOf(SLACK_FAULTS) },
  };
}
