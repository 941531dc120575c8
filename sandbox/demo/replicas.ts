import type { Bot } from './bot.js';
import type { Replica } from './shown.js';

/** The first is started first. */
export const REPLICAS = ['replica 1', 'replica 2'] as const;
const backAfterMs = 8_000;

interface One {
  name: string;
  state: Replica['state'];
  bot: Bot | null;
  url: string | null;
}

/** The bot's replicas: two processes on one database, as a platform would run them. */
export interface Replicas {
  /** Resolves when the first is ready; the second follows. Rejects with the first's last words if it does not start. */
  start(): Promise<void>;
  shown(): Replica[];
  /** `kill -9`, by default of the one that receives. It starts again after 8 s. Throws if that one is not running. */
  kill(name?: string): void;
  stop(): Promise<void>;
}

/**
 * Keeps two replicas running. `point` is told where Slack and GitHub should send: to the same one for as long as it
 * lives. `log` gets a line for each that ends.
 */
export function createReplicas(deps: {
  start: (name: string) => Bot;
  point: (url: string) => void;
  changed: () => void;
  log: (line: string) => void;
}): Replicas {
  const all = REPLICAS.map((name): One => ({ name, state: 'starting', bot: null, url: null }));
  const waiting = new Set<NodeJS.Timeout>();
  let receiver: One | undefined;
  let opened = false;
  let stopping = false;

  function route(): void {
    if (receiver?.state !== 'running') {
      receiver = all.find((one) => one.state === 'running');
      if (receiver?.url) deps.point(receiver.url);
    }
    deps.changed();
  }

  async function boot(one: One): Promise<void> {
    const bot = deps.start(one.name);
    Object.assign(one, { bot, state: 'starting' });
    deps.changed();
    void bot.ended.then((why) => gone(one, bot, why));
    one.url = await bot.ready;
    one.state = 'running';
    route();
  }

  function gone(one: One, bot: Bot, why: string): void {
    // If the first does not start, the start fails.
    if (stopping || !opened || one.bot !== bot) return;
    deps.log(`${one.name} has ended (${why}) and is started again`);
    Object.assign(one, { bot: null, state: 'killed' });
    route();
    const timer = setTimeout(() => {
      waiting.delete(timer);
      // If it ends before it is ready it is gone once more, which is reported there.
      boot(one).catch(() => {});
    }, backAfterMs);
    waiting.add(timer);
  }

  return {
    start: async () => {
      const [first, ...others] = all;
      if (first) await boot(first);
      opened = true;
      for (const one of others) if (!stopping) boot(one).catch(() => {});
    },
    shown: () =>
      all.map((one) => ({
        name: one.name,
        state: one.state,
        receives: one === receiver,
        pid: one.state === 'killed' ? null : (one.bot?.pid ?? null),
      })),
    kill: (name) => {
      const one = name === undefined ? receiver : all.find((each) => each.name === name);
      if (!one) throw new Error(name === undefined ? 'no replica receives now' : `there is no ${name}`);
      if (one.state !== 'running') throw new Error(`${one.name} does not run now; it is back in a few seconds`);
      one.state = 'killed';
      one.bot?.kill();
      route();
    },
    stop: async () => {
      stopping = true;
      for (const timer of waiting) clearTimeout(timer);
      await Promise.all(all.map((one) => one.bot?.stop()));
    },
  };
}
