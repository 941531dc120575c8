import type pg from 'pg';
import type { Command, FoundIn } from '../core/command.js';
import { doubtWebhooks, noteHeard, noteLost, type Pace } from '../db/polls.js';

export interface HeardDeps {
  readonly pool: pg.Pool;
  readonly pace: Pace;
  readonly repositoryOf: (service: string) => string | undefined;
  readonly found: (by: FoundIn) => void;
  readonly warn: (details: object, message: string) => void;
}

/** Of a run that is required. */
const newestOf = (results: Extract<Command, { type: 'results seen' }>['results']) => ({
  runId: results[0]?.id ?? 0,
  updatedAt: results[0]?.updatedAt ?? new Date().toISOString(),
});

/** Keeps what proves that webhooks arrive, and what proves that they do not. */
export function createHeard({ pool, pace, repositoryOf, found, warn }: HeardDeps) {
  const watched = new Set(pace.repositories);
  /** What was heard and not noted yet, and when. */
  const heard = new Map<string, number>();
  /** Of which webhooks were lost, as they could not be saved. */
  const losers = new Set<string>();

  return {
    /** A webhook about a run of this repository was accepted. */
    heard: (repository: string): void => {
      const name = repository.toLowerCase();
      if (watched.has(name)) heard.set(name, performance.now());
    },
    /** One could not be saved. As soon as the database is back, the poll looks for what it told. */
    lost: (repository: string): void => {
      const name = repository.toLowerCase();
      if (watched.has(name)) losers.add(name);
    },
    /** Notes both in the database for all replicas, each in one statement; what could not be noted is kept. */
    saveHeard: async (): Promise<void> => {
      const names = [...losers];
      if (names.length > 0) await noteLost(pool, names);
      for (const name of names) losers.delete(name);
      if (heard.size === 0) return;
      const now = performance.now();
      const due = [...heard];
      heard.clear();
      try {
        await noteHeard(
          pool,
          pace,
          due.map(([repository, at]) => ({ repository, agoMs: now - at })),
        );
      } catch (error) {
        for (const [name, at] of due) if (!heard.has(name)) heard.set(name, at);
        throw error;
      }
    },
    /**
     * Waits until a command was handled, and returns how. When it was a find of the poll and changed something, webhooks
     * had not brought this news.
     */
    handling: async (command: Command, handling: Promise<{ readonly kind: string }>): Promise<void> => {
      const { kind } = await handling;
      if (kind !== 'accepted' || !('foundIn' in command) || command.foundIn === undefined) return;
      const { service, foundIn } = command;
      found(foundIn);
      const run = 'run' in command ? command.run : newestOf(command.results);
      const about = { service, run: run.runId };
      if (foundIn === 'repository alone')
        warn(about, "GitHub's list of a workflow is behind: only the list of the repository shows a run");
      const repository = repositoryOf(service)?.toLowerCase();
      if (repository === undefined || !pace.webhooks) return;
      try {
        if (await doubtWebhooks(pool, pace, repository, run.updatedAt))
          warn({ ...about, repository }, 'no webhook told of a run: its repository is polled closely');
      } catch (error) {
        warn({ ...about, err: error }, 'it could not be noted that a webhook was missing');
      }
    },
  };
}
