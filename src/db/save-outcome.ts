/** Saves what a decision leaves behind beside what it writes, in one statement, at the end of its transaction. */

import type { Record } from '../core/decision.js';
import { ADDED, heldAmong, heldOf, IN_ORDER, JOB_PARAMETERS, jobsFrom, jobValues } from './add-jobs.js';
import { type Caused, dirtyFrom, dirtyValues, type Marked } from './dirty-cards.js';
import type { Held } from './held-jobs.js';
import { HANDLED_PARAMETERS, type Handled, handledFrom, handledValues } from './inbox.js';
import type { Added } from './job-names.js';
import { LEDGER_PARAMETERS, ledgerFrom, ledgerValues } from './ledger.js';
import type { Queryable } from './pool.js';
import { jobsOf } from './queue.js';

export interface Left {
  readonly records?: readonly Record[];
  /** Rows of the inbox that are handled with it. */
  readonly handled?: readonly Handled[];
  readonly effects?: readonly Caused[];
  /** `redraw service` is of every service. */
  readonly everywhere?: boolean;
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
const drawing = (name: string, everywhere: boolean) => ({
  untraced: { name, text: textFor({ traced: false, everywhere }) },
  traced: { name: `${name}-traced`, text: textFor({ traced: true, everywhere }) },
});
const AND_DRAW = drawing('save-outcome-and-draw', false);
const AND_DRAW_ALL = drawing('save-outcome-and-draw-all', true);

function statementFor(cards: Marked | null): { name: string; text: string } {
  if (!cards) return ALONE;
  return (cards.everywhere ? AND_DRAW_ALL : AND_DRAW)[cards.traced ? 'traced' : 'untraced'];
}

/**
 * Returns the jobs that the holder carries out itself. `service`: whose effects they are and whose lines; null for all
 * services. Throws `Twice` when a row of the inbox was handled before.
 */
export async function saveOutcome(
  tx: Queryable,
  service: string | null,
  { records = [], handled = [], effects = [], everywhere = false, jobs: more = [], holder }: Left,
): Promise<Held[]> {
  const jobs = heldAmong([...more, ...jobsOf(service ?? '', effects)], holder ?? null);
  const cards = dirtyValues(effects, everywhere ? null : (service ?? ''));
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

/** What stops or resumes everything leaves behind: its effects are those of every service. Throws like `saveOutcome`. */
export async function saveForAll(tx: Queryable, { effects = [], jobs = [], ...left }: Left): Promise<void> {
  const only = (wanted: 'start next' | 'redraw service') => effects.filter(({ effect }) => effect === wanted);
  // Where nothing is queued, nothing can start: what is queued from now on has a start of its own.
  const { rows } = await tx.query<{ name: string }>(
    "select distinct service as name from deployments where status = 'queued'",
  );
  const starts = rows.flatMap(({ name }) => jobsOf(name, only('start next')));
  const redraws = only('redraw service');
  await saveOutcome(tx, null, { ...left, effects: redraws, everywhere: true, jobs: [...jobs, ...starts] });
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
