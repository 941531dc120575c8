import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Change } from '../core/change/change.js';
import type { Presser } from '../core/command.js';
import type { Diff, Names, ServiceStatus } from '../core/report.js';
import { whyNotPermitted } from '../core/service/policy.js';
import { liveSha } from '../core/service/service.js';
import { changeByKey } from '../db/changes.js';
import type { ReplyTo } from '../db/inbox.js';
import { namesOf } from '../db/people.js';
import { statusesOf } from '../db/reports.js';
import { readService } from '../db/service-state.js';
import type { CountCommits, ShownService } from './card-model.js';
import { askSlack, type SlackClient } from './client.js';
import type { People } from './people.js';
import { tellAlone } from './tell.js';
import { couldNotRead } from './views/could-not-read.js';
import type { Message } from './views/message.js';
import { refusalMessage } from './views/refusal.js';
import { whatShipsLoading, whatShipsView } from './views/what-ships.js';

export interface QuestionDeps {
  readonly pool: pg.Pool;
  readonly client: SlackClient;
  readonly people: People;
  readonly shown: (service: string) => ShownService | undefined;
  readonly countCommits: CountCommits;
  readonly webUrl: string;
}

/** Where services stand now, and the names of the people involved. A service that is not in the config is left out. */
export async function readStatuses(
  { pool, shown }: Pick<QuestionDeps, 'pool' | 'shown'>,
  services: readonly string[],
): Promise<{ readonly statuses: readonly ServiceStatus[]; readonly names: Names }> {
  const known = services.flatMap((name) => shown(name) ?? []);
  const statuses = await statusesOf(pool, known);
  const people = statuses.flatMap((one) => [
    one.live.is === 'known' ? one.live.deployment.requestedBy : null,
    ...[one.active, ...one.queue, ...one.scheduled, ...one.asks].map((entry) => entry?.deployment.requestedBy ?? null),
    ...one.stages.map(({ passed }) => passed?.by ?? null),
    ...one.gates.map((gate) => ('by' in gate ? gate.by : null)),
    one.pause?.by ?? null,
  ]);
  return { statuses, names: await namesOf(pool, people) };
}

/** The answer if the person is a full member, else why they get none. */
export async function forFullMember(people: People, by: Presser, answer: () => Promise<Message>): Promise<Message> {
  const permission = await people.isFullMember(by);
  if (permission.is === 'granted') return answer();
  return refusalMessage(whyNotPermitted(permission), new Map());
}

/** How long looking up the presser may delay the modal. */
const EARLY_MS = 1_500;

/** The difference between what is live and a change, counted now. */
export async function diffTo(deps: QuestionDeps, service: ShownService, change: Change): Promise<Diff> {
  const state = await readService(deps.pool, service.name);
  const from = liveSha(state);
  const ships =
    from === change.sha
      ? { count: 0, commits: [], from, outside: false }
      : await deps.countCommits(service.name, state, change);
  const base = `${deps.webUrl}/${service.repository}`;
  return {
    service: service.name,
    repository: service.repository,
    to: change,
    ships,
    url: from === null ? `${base}/commit/${change.sha}` : `${base}/compare/${from}...${change.sha}`,
  };
}

/**
 * Shows what ships in a modal, or tells the presser alone why not. A trigger is valid for only three seconds, so the
 * modal opens at once and is filled when GitHub answers. It changes nothing; every full member may ask.
 */
export async function showWhatShips(
  deps: QuestionDeps,
  presser: Presser,
  trigger: string,
  key: string,
  reply: ReplyTo,
): Promise<void> {
  const problem = await open(deps, presser, trigger, key).catch(() => couldNotRead());
  if (problem) await tellAlone(deps.client, reply, problem);
}

/** Opens and fills the modal, or returns the message that says why not. */
async function open(deps: QuestionDeps, presser: Presser, trigger: string, key: string): Promise<Message | null> {
  const { client, people, pool } = deps;
  const asked = people.isFullMember(presser);
  const change = await changeByKey(pool, key);
  const service = change ? deps.shown(change.service) : undefined;
  if (!change || !service) return refusalMessage({ rule: 'unknown button' }, new Map());
  const early = await Promise.race([asked, sleep(EARLY_MS, null)]);
  if (early && early.is !== 'granted') return refusalMessage(whyNotPermitted(early), new Map());
  const loading = whatShipsLoading(service.name, change);
  const opened = await askSlack(() => client.views.open({ trigger_id: trigger, view: loading }));
  if (opened.is !== 'ok' || !opened.data.view?.id) return couldNotRead();
  const view_id = opened.data.view.id;
  const permission = await asked;
  if (permission.is !== 'granted') return refusalMessage(whyNotPermitted(permission), new Map());
  const view = whatShipsView(await diffTo(deps, service, change));
  await askSlack(() => client.views.update({ view_id, view }));
  return null;
}
