import type pg from 'pg';
import { verifyLedger } from '../../src/audit/verify.js';
import type { Stage } from '../stage.js';
import { SOAKED } from './team.js';

/** What the product of a soak uses of the machine at one moment, from its own metrics. */
export interface Sample {
  /** MB. */
  readonly resident: number;
  readonly heap: number;
  /** What the heap takes from the system, and the memory beside it: buffers. */
  readonly heapTaken: number;
  readonly external: number;
  /** Processor seconds since the start. */
  readonly processor: number;
}

export async function readSample(metricsUrl: string): Promise<Sample> {
  const text = await (await fetch(metricsUrl)).text();
  const mb = (name: string) => value(name) / 2 ** 20;
  const value = (name: string): number => {
    const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`the metrics have no ${name}`);
    return Number(found);
  };
  return {
    resident: mb('process_resident_memory_bytes'),
    heap: mb('nodejs_heap_size_used_bytes'),
    heapTaken: mb('nodejs_heap_size_total_bytes'),
    external: mb('nodejs_external_memory_bytes'),
    processor: value('process_cpu_seconds_total'),
  };
}

/** What is in the database. */
export interface Books {
  readonly deployments: number;
  readonly unended: number;
  readonly lost: number;
  readonly changes: number;
  readonly refused: number;
  /** Not handled yet. */
  readonly inboxWaiting: number;
  readonly inboxRows: number;
  /** Due and not done. */
  readonly jobsDue: number;
  readonly jobRows: number;
  readonly cardsToDraw: number;
}

export async function readBooks(pool: pg.Pool): Promise<Books> {
  const { rows } = await pool.query<Books>(`select
    (select count(*)::int from deployments) as deployments,
    (select count(*)::int from deployments where ended_at is null) as unended,
    (select count(*)::int from deployments where status = 'lost') as lost,
    (select count(*)::int from changes) as changes,
    (select count(*)::int from ledger where kind = 'refused') as refused,
    (select count(*)::int from inbox where handled_at is null) as "inboxWaiting",
    (select count(*)::int from inbox) as "inboxRows",
    (select count(*)::int from graphile_worker.jobs where run_at <= now() or locked_at is not null) as "jobsDue",
    (select count(*)::int from graphile_worker.jobs) as "jobRows",
    (select count(*)::int from cards where dirty_at is not null) as "cardsToDraw"`);
  return rows[0] as Books;
}

/** Nothing waits, and nothing is under way. */
export const isDrained = (books: Books): boolean =>
  books.unended + books.inboxWaiting + books.jobsDue + books.cardsToDraw === 0;

export interface Runs {
  readonly made: number;
  /** Runs with the deploy_id of an earlier one. */
  readonly doubled: number;
  /** Runs that began before the previous run of the same service had ended. */
  readonly atOnce: number;
}

/** The production runs as GitHub saw them. */
export async function readRuns({ github }: Stage, pool: pg.Pool): Promise<Runs> {
  const { rows } = await pool.query<{ deploy_id: string }>(
    "select distinct d.deploy_id from deployments d join ledger l on l.deployment_id = d.id where l.kind = 'lost'",
  );
  // A start that was given up is no longer waited for; if its run is found late, it may overlap the next one.
  const givenUp = new Set(rows.map((row) => row.deploy_id));
  const counted = { made: 0, doubled: 0, atOnce: 0 };
  for (const { repository } of SOAKED) {
    const runs = github.runs(repository, 'production.yml');
    runs.sort((a, b) => Number(a.createdAt) - Number(b.createdAt));
    counted.made += runs.length;
    counted.doubled += runs.length - new Set(runs.map((run) => run.inputs.deploy_id)).size;
    for (const [index, run] of runs.entries()) {
      const next = runs[index + 1];
      if (!next || givenUp.has(run.inputs.deploy_id ?? '')) continue;
      if (run.endedAt === null || next.createdAt < run.endedAt) counted.atOnce += 1;
    }
  }
  return counted;
}

/** Throws if the ledger's chain is broken. */
export async function checkLedger(pool: pg.Pool): Promise<void> {
  const { broken } = await verifyLedger(pool, null);
  if (broken !== null) throw new Error(`the ledger is broken: ${broken}`);
}
