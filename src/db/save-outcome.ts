/** Saves what a decision leaves behind beside what it writes, in one statement, at the end of its transaction. */

import type pg from 'pg';
import type { Record } from '../core/decision.js';
import { ADDED, heldAmong, heldOf, IN_ORDER, JOB_PARAMETERS, jobsFrom, jobValues } from './add-jobs.js';
import { type Caused, dirtyFrom, dirtyValues, type Marked } from './dirty-cards.js';
import { lockStop } from './gates.js';
import type { Held } from './held-jobs.js';
import { HANDLED_PARAMETERS, type Handled, handledFrom, handledValues } from './inbox.js';
import type { Added } from './job-names.js';
import { LEDGER_PARAMETERS, ledgerFrom, ledgerValues } from './ledger.js';
import { type Queryable, transaction } from './pool.js';
import { jobsOf } from './queue.js';

export interface Left {
  readonly records?: readonly Record[];
  /** Rows of the inbox that are handled with it. */
  readonly handled?: readonly Handled[];
  readonly effects?: readonly Caused[];
  /** `redraw service` is of these services. */
  readonly services?: readonly string[];
  /** Jobs beside those of the effects. */
  readonly jobs?: readonly Added[];
  /** Who carries out itself what it can. */
  readonly holder?: string;
}

/** Thrown when a row of the inbox was handled in the meantime; the transaction must be rolled back. */
export class Twice extends Error {}

/** Several steps of a moment are one drawing, and what a decision starts goes first. */
const DRAWN_AFTER_MS = 100;
const DRAWN = `select 'draw', json_build_object('channel', channel), 'draw:' || channel, null::timestamptz, ${DRAWN_AFTER_MS}::float8,
  'replace', 0, true, null::bigint from (select distinct channel from dirty) channels`;

const HANDLED_AT = LEDGER_PARAMETERS + 1;
const JOBS_AT = HANDLED_AT + HANDLED_PARAMETERS;
const DIRTY_AT = JOBS_AT + JOB_PARAMETERS;

/**
 * First the ledger, then the inbox, the cards and the jobs, each in a fixed order, so that two transactions never deadlock;
 * each query waits for the count of the one before. Without cards to draw, that part is left out.
 */
function textFor(cards: Marked | null): string {
  const dirty = cards ? `, ${dirtyFrom(DIRTY_AT, cards, '(select rows from handled) >= 0')}` : '';
  return `with line as (${ledgerFrom(1)}),
    lines as (select count(*) as rows from line),
    handling as (${handledFrom(HANDLED_AT, '(select rows from lines) >= 0')}),
    handled as (select count(*)::int as rows from handling)${dirty},
    job as materialized (${jobsFrom(JOBS_AT)}${cards ? ` union all ${DRAWN}` : ''}),
    sorted as materialized (${IN_ORDER}),
    added as (select place, added.id from sorted ${ADDED} as added where (select rows from handled) >= 0)
    select handled.rows as handled, place, id from handled left join added on true`;
}
const ALONE = { name: 'save-outcome', text: textFor(null) };
const drawing = (name: string, many: boolean) => ({
  untraced: { name, text: textFor({ traced: false, many }) },
  traced: { name: `${name}-traced`, text: textFor({ traced: true, many }) },
});
const AND_DRAW = drawing('save-outcome-and-draw', false);
const AND_DRAW_MANY = drawing('save-outcome-and-draw-many', true);

function statementFor(cards: Marked | null): { name: string; text: string } {
  if (!cards) return ALONE;
  return (cards.many ? AND_DRAW_MANY : AND_DRAW)[cards.traced ? 'traced' : 'untraced'];
}

/**
 * Returns the jobs that the holder carries out itself. `service`: whose effects they are and whose lines; null for all
 * services. Throws `Twice` when a row of the inbox was handled before.
 */
export async function saveOutcome(
  tx: Queryable,
  service: string | null,
  { records = [], handled = [], effects = [], services, jobs: more = [], holder }: Left,
): Promise<Held[]> {
  const jobs = heldAmong([...more, ...jobsOf(service ?? '', effects)], holder ?? null);
  const cards = dirtyValues(effects, services ?? service ?? '');
  if (records.length + handled.length + jobs.length === 0 && !cards) return [];
  const { rows } = await tx.query<{ handled: number; place: number | null; id: number | null }>({
    ...statementFor(cards?.marked ?? null),
    values: [
      ...ledgerValues(service, records),
      ...handledValues(handled),
      ...jobValues(jobs),
      ...(cards?.values ?? []),
    ],
  });
  if ((rows[0]?.handled ?? 0) < handled.length) throw new Twice();
  const added = rows.flatMap(({ place, id }) => (place === null || id === null ? [] : [{ place, id }]));
  return heldOf(added, jobs, holder ?? null);
}

/** Effects alone. */
export async function enqueueEffects(tx: Queryable, service: string, effects: readonly Caused[]): Promise<void> {
  await saveOutcome(tx, service, { effects });
}

/** How many services have their cards marked in one statement, so that none runs for long, however many there are. */
const SERVICES_AT_ONCE = 200;

/** Has the cards of all services drawn that come after this one by name, a few services at a time. */
const redrawAfter = (service: string, traces: readonly string[]): Added => ({
  name: 'redraw everything',
  payload: { after: service },
  // Each step has a key of its own: those of two stops go beside each other, and none takes the place of an earlier step.
  when: { key: `redraw everything:${service}` },
  traces,
});

/**
 * What stops or resumes everything leaves behind: its effects are those of every service. A stop must be saved soon, also in a
 * slow database, so the cards are marked afterwards, by a job. Throws like `saveOutcome`.
 */
export async function saveForAll(tx: Queryable, { effects = [], jobs = [], ...left }: Left): Promise<void> {
  const only = (wanted: 'start next' | 'redraw service') => effects.filter(({ effect }) => effect === wanted);
  // Where nothing is queued, nothing can start: what is queued from now on has a start of its own.
  const { rows } = await tx.query<{ name: string }>(
    "select distinct service as name from deployments where status = 'queued'",
  );
  const starts = rows.flatMap(({ name }) => jobsOf(name, only('start next')));
  const redraws = only('redraw service').map(({ traces = [] }) => redrawAfter('', traces));
  await saveOutcome(tx, null, { ...left, jobs: [...jobs, ...starts, ...redraws] });
}

/** Has the cards of the next services after this one drawn, and then those of the others. Safe to repeat. */
export async function redrawNextServices(pool: pg.Pool, after: string, trace: string | null): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    'select name from services where name > $1 order by name limit $2',
    [after, SERVICES_AT_ONCE],
  );
  const services = rows.map(({ name }) => name);
  const last = services.at(-1);
  if (last === undefined) return;
  const traces = trace === null ? [] : [trace];
  const more = services.length === SERVICES_AT_ONCE ? [redrawAfter(last, traces)] : [];
  const effects = [{ effect: 'redraw service', traces } as const];
  await transaction(pool, async (tx) => {
    // No decision is under way meanwhile: each locks the cards of its service in an order of its own.
    await lockStop(tx);
    await saveOutcome(tx, null, { effects, services, jobs: more });
  });
}

/** Has the cards of these changes drawn. */
export async function redrawChanges(
  tx: Queryable,
  changeIds: readonly number[],
  trace: string | null = null,
): Promise<void> {
  const traces = trace === null ? [] : [trace];
  await enqueueEffects(
    tx,
    '',
    changeIds.map((changeId) => ({ effect: 'redraw', changeId, traces })),
  );
}
