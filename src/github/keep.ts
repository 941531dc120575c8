import { setTimeout as sleep } from 'node:timers/promises';
import type { Pauses } from '../core/pauses.js';

/** How long a definite answer of GitHub's is held while it cannot be saved. */
const KEEP_MS = 20_000;

/** Saves what GitHub said for certain: lost here, it would only be looked up, and a refusal or a rate limit would become `lost`. */
export async function keep(pauses: Pauses, save: () => Promise<unknown>): Promise<void> {
  const until = Date.now() + KEEP_MS;
  for (;;) {
    try {
      await save();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(pauses.github.save);
    }
  }
}
