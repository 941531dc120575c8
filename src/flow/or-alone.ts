import { Twice } from '../db/save-outcome.js';
import type { Outcome } from './outcome.js';

/** How a command ended; null when its facts were gathered for another state and must be gathered again. */
export type Ended = Outcome | null;

/**
 * Decides commands together, in one transaction; when that fails after it began, each in one of its own, so that one which
 * cannot be saved fails alone. `decide` calls `began` once it has a connection: without one, none would be saved alone
 * either. A command that was handled before ends as nothing.
 */
export async function orAlone<One>(
  commands: readonly One[],
  decide: (commands: readonly One[], began: () => void) => Promise<readonly Ended[]>,
): Promise<PromiseSettledResult<Ended>[]> {
  let began = false;
  try {
    const ended = await decide(commands, () => {
      began = true;
    });
    return ended.map((value) => ({ status: 'fulfilled', value }));
  } catch (error) {
    const alone = commands.length === 1;
    if (alone && error instanceof Twice) return [{ status: 'fulfilled', value: { kind: 'nothing' } }];
    if (alone || !began) return commands.map(() => ({ status: 'rejected', reason: error }));
    const each: PromiseSettledResult<Ended>[] = [];
    for (const one of commands) each.push(...(await orAlone([one], decide)));
    return each;
  }
}
