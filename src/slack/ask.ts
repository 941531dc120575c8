/** Deploy of a service that asks questions first: the modal that asks, and the answers that come back. */

import { createHash } from 'node:crypto';
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { Change } from '../core/change/change.js';
import type { Presser } from '../core/command.js';
import { comesToNothing } from '../core/deployment/answering.js';
import { type AnswerFault, type Asks, type Given, settled } from '../core/deployment/asks.js';
import type { ServiceState } from '../core/service/service.js';
import { changeByKey } from '../db/changes.js';
import type { ReplyTo } from '../db/inbox.js';
import { namesOf } from '../db/people.js';
import { readService } from '../db/service-state.js';
import { type Receive, Unconfirmed } from '../flow/receive.js';
import { withTimeout } from '../waits/timeout.js';
import { askSlack } from './client.js';
import { inTime } from './in-time.js';
import { placeOf, placeText } from './modal-place.js';
import type { PressedAtHome, SeenHome } from './pressed-at-home.js';
import type { QuestionDeps } from './questions.js';
import { tellAlone } from './tell.js';
import { answerErrors } from './views/answer-errors.js';
import { askView, CHECKLIST, inputOfBlock } from './views/ask.js';
import { couldNotRead } from './views/could-not-read.js';
import { nothingRecorded } from './views/nothing-recorded.js';

export interface AskingDeps extends QuestionDeps {
  readonly services: readonly string[];
  readonly receive: Receive;
  /** Time limit for reading what a press is about, before it is saved. */
  readonly readMs: number;
}

/** What is to be asked about a change. */
interface Questions {
  readonly change: Change;
  readonly asks: Asks;
  readonly state: ServiceState;
}

/** Slack opens a modal within three seconds of the press. It names how many changes ship if GitHub says so soon enough. */
const COUNT_MS = 1_000;
/** Who plainly may not deploy is refused, not asked. */
const GROUPS_MS = 300;

/** Without a service that asks, nothing is read. */
export function createAsking(deps: AskingDeps) {
  const { pool, client, people, shown } = deps;
  const nobodyAsks = deps.services.every((name) => !shown(name)?.asks);

  /** Whether somebody is among the deployers, as far as it is known: for what is shown to them alone, it decides nothing. */
  async function seemsDeployer(user: string, deployers: readonly string[]): Promise<boolean> {
    if (deployers.includes(user)) return true;
    if (!deployers.some((id) => id.startsWith('S'))) return false;
    const groups = await withTimeout(people.groupsShown(user), GROUPS_MS, null);
    return groups === null || deployers.some((id) => groups.has(id));
  }

  async function read(key: string, by: Presser): Promise<Questions | null> {
    const change = await changeByKey(pool, key);
    const service = change ? shown(change.service) : undefined;
    if (!change || !service?.asks) return null;
    const [state, mayDeploy] = await Promise.all([
      readService(pool, change.service),
      seemsDeployer(by.user, service.deployers),
    ]);
    return mayDeploy && !comesToNothing(state, change, service) ? { change, asks: service.asks, state } : null;
  }

  async function openFor({ change, asks, state }: Questions, trigger: string, reply: ReplyTo, home: SeenHome | null) {
    const [ships, names] = await Promise.all([
      withTimeout(deps.countCommits(change.service, state, change), COUNT_MS, null),
      namesOf(
        pool,
        asks.inputs.flatMap(({ by }) => by ?? []),
      ),
    ]);
    const place = placeText({ change: change.key }, reply, home);
    const view = askView(change.service, change, ships, asks, names, place);
    const opened = await askSlack(() => client.views.open({ trigger_id: trigger, view }));
    return opened.is === 'ok' ? null : couldNotRead();
  }

  return {
    /**
     * What to ask before this change is deployed, by its key. null: nothing, or the press would come to nothing, whatever is
     * answered; then it is decided as it is. Throws if the database does not answer in time.
     */
    toAsk: async (key: string, by: Presser): Promise<Questions | null> =>
      nobodyAsks ? null : inTime(read(key, by), deps.readMs),

    /** Opens the modal. Nothing is decided yet. */
    open: async (questions: Questions, trigger: string, reply: ReplyTo, home: SeenHome | null): Promise<void> => {
      const problem = await openFor(questions, trigger, reply, home).catch(() => couldNotRead());
      if (problem) await tellAlone(client, reply, problem);
    },
  };
}

/** The answers were sent, which is the press: they are saved, then the modal closes. If that fails, the modal stays. */
export function onAnswers(deps: AskingDeps, pressedAtHome: PressedAtHome) {
  async function faultsOf(change: string, given: Given): Promise<AnswerFault[]> {
    const found = await changeByKey(deps.pool, change);
    const asks = found ? deps.shown(found.service)?.asks : null;
    const checked = asks ? settled(asks, given) : { faults: [] };
    return 'faults' in checked ? checked.faults : [];
  }

  return async ({ ack, body, view }: SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs): Promise<void> => {
    const place = placeOf(view.private_metadata);
    const answers = givenIn(view.state.values);
    const by: Presser = { user: body.user.id, team: body.user.team_id ?? '' };
    const { channel, message, typed } = place;
    const reply: ReplyTo = { user: body.user.id, channel, responseUrl: null, message, typed };
    const blocks = Object.keys(view.state.values);
    try {
      const faults = await inTime(faultsOf(place.key, answers), deps.readMs);
      if (faults.length > 0) return ack({ response_action: 'errors', errors: answerErrors(faults, blocks) });
      const command = { type: 'deploy', change: place.key, from: 'card', answers, by } as const;
      await deps.receive({ key: keyOf(view, answers), command, reply });
    } catch (error) {
      const { text } = nothingRecorded({ certain: !(error instanceof Unconfirmed) });
      return ack({ response_action: 'errors', errors: { [blocks[0] ?? CHECKLIST]: text } });
    }
    await ack();
    if (place.home) void pressedAtHome(body.user.id, place.home);
  };
}

type Values = ViewSubmitAction['view']['state']['values'];

/** What was filled in. Whether it is offered is decided by the questions of the config, not by the modal. */
function givenIn(values: Values): Given {
  const answers = Object.entries(values).flatMap(([block, actions]) => {
    const input = inputOfBlock(block);
    const [element] = Object.values(actions);
    if (input === null || !element) return [];
    const isText = element.type === 'plain_text_input';
    const value = isText ? (element.value ?? '') : element.selected_option?.value;
    return typeof value === 'string' ? [{ input, value }] : [];
  });
  const ticked = Object.values(values[CHECKLIST] ?? {})[0]?.selected_options ?? [];
  return { values: answers, checked: ticked.map(({ value }) => value) };
}

/** One press for a modal and its answers, however often they are sent. */
function keyOf({ id, hash }: ViewSubmitAction['view'], answers: Given): string {
  return `view:${id}:${hash}:${createHash('sha256').update(JSON.stringify(answers)).digest('hex')}`;
}
