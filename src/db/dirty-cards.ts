/** Which cards have to be drawn, and for whom. */

import type { Effect } from '../core/decision.js';
import { CHANGED_DUE } from './pace.js';
import { parametersFrom } from './parameters.js';
import type { Queryable } from './pool.js';

/** An effect, and the spans in which it was decided or asked for. */
export type Caused = Effect & { readonly traces?: readonly string[] | undefined };

/** What `dirtyValues` are like, which says how they are read. `many`: `redraw service` is of several services. */
export interface Marked {
  readonly traced: boolean;
  readonly many: boolean;
}

/** The newest passed change is among them: a newer, failed change may have overtaken it. */
const ofMany = (
  services: string,
): string => `select change_id from cards where service = any(${services}::text[]) and open
      union select change_id from cards where service = any(${services}::text[]) and dirty_at is not null
      union select newest.id from unnest(${services}::text[]) as asked (name) cross join lateral (
        select id from changes where service = asked.name and staging_status = 'passed' and aside is null order by run_number desc limit 1
      ) newest`;
const ofOne = (service: string): string => `select change_id from cards where service = ${service} and open
      union select change_id from cards where service = ${service} and dirty_at is not null
      union (select id from changes where service = ${service} and staging_status = 'passed' and aside is null order by run_number desc limit 1)`;

/**
 * Queries that mark the cards of `dirtyValues`, which begin at this parameter, to be drawn: of `redraw` the named ones, of
 * `redraw service` those that may still change. They wait until `first` is true. `dirty` has their channels.
 */
export const dirtyFrom = (parameter: number, { traced, many }: Marked, first: string): string => {
  const [ids, whose, told, traces] = parametersFrom(parameter, 4) as [string, string, string, string];
  const more = `(coalesce(cards.traces, '{}') || array(
    select distinct trace from unnest(${told}::bigint[], ${traces}::text[]) as told (id, trace)
    where told.id is null or told.id = cards.change_id))[1:16]`;
  return `wanted as (
      select unnest(${ids}::bigint[]) as id
      union ${many ? ofMany(whose) : ofOne(whose)}
    ), held as (
      select change_id from cards where change_id in (select id from wanted) and ${first} order by change_id for update
    ), dirty as (
      update cards set dirty_at = clock_timestamp(), due_at = ${CHANGED_DUE}${traced ? `, traces = ${more}` : ''}
      from held where cards.change_id = held.change_id returning cards.channel
    )`;
};

/** null when no card is to be drawn. `whose`: the service of the effects, or several. */
export function dirtyValues(
  effects: readonly Caused[],
  whose: string | readonly string[],
): { values: unknown[]; marked: Marked } | null {
  const changeIds = effects.flatMap((effect) => (effect.effect === 'redraw' ? [effect.changeId] : []));
  const all = effects.some((effect) => effect.effect === 'redraw service');
  if (changeIds.length === 0 && !all) return null;
  const drawnFor = drawnForIn(effects);
  const traced = drawnFor.length > 0;
  const many = typeof whose !== 'string';
  const traces = [drawnFor.map(({ changeId }) => changeId), drawnFor.map(({ trace }) => trace)];
  const values = [changeIds, all ? whose : many ? [] : null, ...(traced ? traces : [])];
  return { values, marked: { traced, many } };
}

/** A span whose card is to be drawn; null: all cards of the service. */
interface DrawnFor {
  readonly changeId: number | null;
  readonly trace: string;
}

const drawnForIn = (effects: readonly Caused[]): DrawnFor[] =>
  effects.flatMap((effect) => {
    if (effect.effect !== 'redraw' && effect.effect !== 'redraw service') return [];
    const changeId = effect.effect === 'redraw' ? effect.changeId : null;
    return (effect.traces ?? []).map((trace) => ({ changeId, trace }));
  });

/** Channels with something to draw, for the sweep that restarts what a crash left behind. */
export async function dirtyChannels(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ channel: string }>('select distinct channel from cards where dirty_at is not null');
  return rows.map((row) => row.channel);
}

/** Whether a channel has cards that are not posted yet. */
export async function hasCardsToPost(db: Queryable, channel: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'select 1 from cards where channel = $1 and dirty_at is not null and ts is null limit 1',
    [channel],
  );
  return rowCount === 1;
}
