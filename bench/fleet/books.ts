import type pg from 'pg';
import type { Message } from '../../sandbox/slack/workspace.js';
import type { FleetOutside, FleetService } from './company.js';

/** What is left at the end, and what must not be. */
export interface FleetBooks {
  readonly deployments: number;
  readonly doubled: number;
  /** Cards in Slack whose state is not that of the database. */
  readonly untrue: readonly string[];
  /** Changes without a card in Slack. */
  readonly missing: number;
}

interface Truth {
  readonly service: string;
  readonly sha: string;
  readonly staging: string;
  readonly ended: string | null;
  readonly isNewest: boolean;
  readonly isLive: boolean;
}

/** Compares the database with Slack and GitHub. */
export async function readFleet(
  { slack, github }: FleetOutside,
  services: readonly FleetService[],
  pool: pg.Pool,
): Promise<FleetBooks> {
  const { rows } = await pool.query<Truth>(`
    select c.service, c.sha, c.staging_status as staging, d.status as ended,
      not exists (select 1 from changes n where n.service = c.service and n.run_number > c.run_number
        and n.staging_status = 'passed') as "isNewest",
      coalesce(s.live_deployment_id = d.id, false) as "isLive"
    from changes c join services s on s.name = c.service
      left join lateral (select id, status from deployments where change_id = c.id order by id desc limit 1) d on true`);
  const cards = new Map(slack.workspace.messages.map((one) => [one.text.split(' ').slice(0, 2).join(' '), one]));
  const untrue: string[] = [];
  let missing = 0;
  for (const truth of rows) {
    const card = cards.get(`${truth.service} ${truth.sha.slice(0, 7)}`);
    if (!card) missing += 1;
    else if (!wordsFor(truth).test(wordsOf(card)))
      untrue.push(`${truth.service} ${truth.sha.slice(0, 7)}: ${truth.ended ?? truth.staging}, but ${wordsOf(card)}`);
  }
  const ids = services.flatMap(({ repository, place }) =>
    github.runs(repository, `production-${place}.yml`).map((run) => run.inputs.deploy_id),
  );
  const { rows: counted } = await pool.query<{ n: number }>('select count(*)::int as n from deployments');
  return { deployments: counted[0]?.n ?? 0, doubled: ids.length - new Set(ids).size, untrue, missing };
}

const wordsOf = ({ text }: Message): string => (text.slice(text.indexOf('”') + 1).split('\n')[0] ?? '').trim();

function wordsFor({ staging, ended, isNewest, isLive }: Truth): RegExp {
  if (isLive) return /^live/;
  // A newer one that passed overtakes a failed one, too.
  if (staging === 'failed' && ended === null) return isNewest ? /^failed staging/ : /^(failed staging|superseded by)/;
  if (ended === 'failed') return /failed in production/;
  if (ended !== null) return new RegExp(ended);
  return isNewest ? /^passed staging/ : /^superseded by/;
}
