import type { Pools } from '../db/pools.js';
import { freeJobsOfTheDead, leave, report } from '../db/replicas.js';

const BEAT_MS = 1_000;
/** A worker without a report for this long is dead: its jobs go to another. With a report, this is less than five seconds. */
const DEAD_MS = 3_500;
/** Those that died before their first report are looked for at every fifth. */
const UNHEARD_EVERY = 5;
/** When the connections of `claims` have not answered for this long, it is tried over one of `intake`. */
const SILENT_MS = 1_200;

export interface HeartbeatDeps extends Pick<Pools, 'claims' | 'intake'> {
  /** The workers of this replica. */
  readonly ids: () => string[];
  /** Called when jobs of dead workers were freed. */
  readonly freed: () => void;
  readonly warn: (details: object, message: string) => void;
}

/**
 * Reports every second that the workers of this replica are alive, and frees the jobs of those that are dead.
 * A replica whose connections hang, each until its statement is given up, is still heard over another one.
 */
export function createHeartbeat({ claims, intake, ids, freed, warn }: HeartbeatDeps) {
  let timer: NodeJS.Timeout | undefined;
  let beats = 0;
  let heardAt = performance.now();
  let beating: Promise<void> | null = null;
  let spare: Promise<void> | null = null;

  const say = async (pool: Pools['claims']) => {
    const silent = await report(pool, ids(), DEAD_MS);
    heardAt = performance.now();
    return silent;
  };
  const quietly = (error: unknown) => warn({ err: error }, 'this replica could not say that it lives');

  async function beat(): Promise<void> {
    const silent = await say(claims);
    beats += 1;
    if (!silent && beats % UNHEARD_EVERY !== 0) return;
    if (await freeJobsOfTheDead(claims, ids(), DEAD_MS)) freed();
  }

  function tick(): void {
    beating ??= beat()
      .catch(quietly)
      .finally(() => {
        beating = null;
      });
    if (spare || performance.now() - heardAt <= SILENT_MS) return;
    spare = say(intake)
      .then(() => {}, quietly)
      .finally(() => {
        spare = null;
      });
  }

  return {
    /** Resolves after the first report, or its failure. */
    start: async (): Promise<void> => {
      timer = setInterval(tick, BEAT_MS);
      tick();
      await beating;
    },
    /** The jobs have ended: nobody has to wait until this replica counts as dead. */
    stop: async (): Promise<void> => {
      clearInterval(timer);
      await leave(claims, ids()).catch(() => {});
    },
  };
}
