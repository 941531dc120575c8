import { setTimeout as sleep } from 'node:timers/promises';
import type { Pauses } from '../core/pauses.js';

/** How long we keep trying to save a definite answer from GitHub. */
const KEEP_MS = 20_000;

/** Saves a definite answer. If it got lost, a look-up would follow, and a refusal or rate limit would become `lost`. */
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
