import type { Ticket } from '../../core/change/ticket.js';
import { isEnd, type StepKind } from '../../core/deployment/story.js';
import { formatDuration } from '../../core/duration.js';
import type { Names, StoryLine } from '../../core/report.js';
import { limits, shown } from '../limits.js';
import { weight } from './fold.js';
import { spoken } from './jobs.js';
import { mentions } from './mentions.js';
import { type Message, message } from './message.js';
import { forWhen, paceTold } from './pace.js';
import { who } from './people.js';
import { date, emoji, line, link, type Phrase, richText, sha, theirs, time } from './rich.js';
import { ticketsAside } from './tickets.js';
import { counted, MARK } from './words.js';

/** One step of a deployment. `calls`: users and user groups whom it mentions. */
export interface Step extends StoryLine {
  readonly kind: StepKind;
  readonly calls: readonly string[];
  /** Of its change. */
  readonly tickets: readonly Ticket[];
}

/** In a card's thread: the steps that its deployments have taken since the last message, oldest first. */
export function storyMessage(steps: readonly Step[], names: Names, timezone: string): Message {
  const phrases = steps.map((step): Phrase => [...told(step, names), ' · ', whenOf(step)]);
  const drawn = steps.map(({ kind, calls }, index) => {
    const called: Phrase = calls.length === 0 ? [] : [' · ', ...mentions(calls)];
    return line(emoji(markOf(kind)), ' ', ...(phrases[index] ?? []), ...called);
  });
  return message(phrases, [richText(...drawn)], timezone);
}

/** A message shows its own day: only what was decided long before needs one. */
const whenOf = ({ at, agoMs }: Step) => (agoMs < LONG_AGO_MS ? time(at) : date(at));
const LONG_AGO_MS = 6 * 3_600_000;

/** The first of these steps that fit into one message; at least one. */
export function storyThatFits(steps: readonly Step[], names: Names, timezone: string): readonly Step[] {
  const fits = weight(storyMessage(steps, names, timezone).blocks) <= limits.messageCharacters;
  return fits || steps.length === 1 ? steps : storyThatFits(steps.slice(0, -1), names, timezone);
}

/** What happened, in the words of the card; in those of the rollback where Roll back was pressed. */
function told(step: Step, names: Names): Phrase {
  const words = stepWords(step, names);
  if (!step.elsewhere || step.sha === null || !isEnd(step)) return words;
  const target = sha(step.sha, step.runUrl);
  return step.kind === 'live' ? ['Rolled back to ', target] : ['The rollback to ', target, ': ', ...words];
}

function stepWords(step: Step, names: Names): Phrase {
  const { kind, actor, reason, detail } = step;
  const by = who(actor, names);
  const why: Phrase = reason === null ? [] : [': ', theirs(spoken(reason), shown.reason)];
  const stageName = String(detail.stage ?? '');
  const stage = stageName === '' ? '' : ` at ${stageName}`;
  switch (kind) {
    case 'requested':
      return [...asked(step, by), ...startsAt(step), ...ticketsAside(step.tickets), ...needs(step)];
    case 'break glass':
      return [`${by} broke the glass`, ...ticketsAside(step.tickets), ...why];
    case 'approved':
      return [`${by} approved it${detail.approval ? ` (${detail.approval} of ${detail.required})` : ''}`];
    case 'approvals void':
      return ['Its approvals no longer count', ...why, ...needs(step)];
    case 'signed off':
      return [`${by} signed off the break-glass deployment`];
    case 'roll back asked':
      return [
        `${by} requested a rollback`,
        ...(typeof detail.leads_to === 'string' ? [' to ', sha(detail.leads_to)] : []),
      ];
    case 'brought forward':
      return [`${by} brought it forward: it no longer waits for its time`];
    case 'time changed':
      return [`${by} moved it: queued`, ...startsAt(step)];
    case 'waits':
      return waits(step, names);
    case 'rate limited':
      return ["GitHub's rate limit: nothing was started; it will be sent automatically, not before ", resumes(step)];
    case 'unknown':
      return ['Start sent, but GitHub gave no usable answer: it is looked up, never sent twice'];
    case 'still unknown':
      return ['Still unknown: GitHub does not say whether there is a run; the operators were notified'];
    case 'deploying':
      return [`Deploying${stage}: `, link(step.runUrl, detail.run_id ? `run ${detail.run_id}` : 'run')];
    case 'baking':
      return bakes(step, stageName);
    case 'check failed':
      return checkFailed(step);
    case 'check passed':
      return ['Check passed again: ', theirs(String(detail.check ?? ''), shown.title)];
    case 'waits for continue':
      return [`Waits for Continue to start ${detail.next ?? 'the next stage'}`];
    case 'stage passed':
      return [`${stageName} passed`];
    case 'continued':
      return [`${by} pressed Continue after ${stageName}`];
    case 'stopped':
      return [actor === 'pushbutton' ? `Stopped${stage}` : `${by} stopped it${stage}`, ...why];
    case 'hung':
      return [
        `Hung: its run takes longer than ${detail.timeout_ms ? formatDuration(Number(detail.timeout_ms)) : 'it may'}`,
      ];
    case 'cancel asked':
      return [`${by} requested Cancel`];
    case 'cancel refused':
      return ['GitHub refuses to cancel it', ...why];
    case 'not cancelled':
      return ['GitHub has not cancelled it yet; the operators were notified'];
    case 'stray run':
      return ['Its run appeared after another had taken its place; the operators were notified'];
    case 'given up':
      return [`${by} gave up its run`, ...why];
    case 'live':
      return [`Live, ${formatDuration(step.at.getTime() - step.requestedAt.getTime())} after the request`];
    case 'failed':
      return [stage === '' ? 'Failed in production' : `Failed${stage}`, ...why];
    case 'lost':
      return ['Lost', ...why];
    case 'cancelled':
      return ['Cancelled', ...(detail.cancelled_by ? [` by ${who(String(detail.cancelled_by), names)}`] : why)];
    case 'rejected':
      return actor === 'pushbutton' ? ['Rejected', ...why] : [`${by} rejected it`, ...why];
    case 'withdrawn':
      return actor === 'pushbutton' ? ['Withdrawn', ...why] : [`${by} withdrew it`, ...why];
    case 'expired':
      return ['Expired', ...why];
  }
}

function asked({ what, actor }: Step, by: string): Phrase {
  if (what === 'roll back') return [`${by} requested a rollback to this change`];
  if (what === 'retry') return [`${by} requested a Retry`];
  return actor === 'pushbutton' ? ['Deploys by itself'] : [`${by} requested a deployment`];
}

/** The time that it was requested for. */
const startsAt = ({ detail }: Step): Phrase =>
  typeof detail.start_at === 'string' ? forWhen({ startAt: new Date(detail.start_at) }) : [];

function needs({ detail }: Step): Phrase {
  const required = Number(detail.approvals_required ?? 0);
  return required > 0 ? [` · needs ${counted(required, 'approval')}`] : [];
}

/** The ledger has the gate and its reason in one text: `locked: broken tests`. */
function waits({ reason, detail }: Step, names: Names): Phrase {
  const { gate, by } = detail;
  const pace = gate === 'paced' ? paceTold({ detail }) : null;
  if (pace) return ['Waiting, ', ...pace];
  if (reason !== null && typeof gate === 'string') {
    const because = reason.startsWith(`${gate}: `) ? reason.slice(gate.length + 2) : reason;
    const whose = typeof by === 'string' ? ` by ${who(by, names)}` : '';
    return [`Waiting: ${gate}${whose}: `, theirs(because, shown.reason)];
  }
  switch (reason) {
    case 'slack':
      return ['Waiting: Slack has not confirmed that the requester may deploy'];
    case 'github':
      return ['Waiting: GitHub has not answered a check'];
    case 'github rate limit':
      return ["Waiting for GitHub's rate limit"];
    default:
      return ['Waiting: ', theirs(reason ?? '', shown.reason)];
  }
}

function checkFailed({ reason, detail }: Step): Phrase {
  const { check, status, why, in_a_row: times, of } = detail;
  const what = typeof status === 'number' ? `answered ${status}` : String(why ?? 'no answer');
  const words: Phrase = reason === null || reason === why ? [] : [': ', theirs(reason, shown.reason)];
  const count = typeof times === 'number' ? ` (${times} of ${of})` : '';
  return ['Check failed', count, ': ', theirs(String(check ?? ''), shown.title), ` ${what}`, ...words];
}

function bakes({ detail }: Step, stage: string): Phrase {
  return typeof detail.until === 'string'
    ? [`${stage} bakes until `, time(new Date(detail.until))]
    : [`${stage} bakes`];
}

const resumes = ({ at, detail }: Step) => date(new Date(at.getTime() + Number(detail.retry_after_ms ?? 0)));

function markOf(kind: StepKind): string {
  switch (kind) {
    case 'requested':
      return 'point_right';
    case 'break glass':
      return 'rotating_light';
    case 'approved':
    case 'signed off':
      return 'white_check_mark';
    case 'approvals void':
    case 'waits for continue':
      return MARK.waiting;
    case 'roll back asked':
      return 'rewind';
    case 'brought forward':
    case 'time changed':
    case 'waits':
    case 'rate limited':
      return MARK.queued;
    case 'still unknown':
      return MARK.unknown;
    case 'cancel asked':
      return MARK.cancelled;
    case 'cancel refused':
    case 'not cancelled':
    case 'stray run':
      return MARK.hung;
    case 'given up':
      return MARK.lost;
    case 'check failed':
      return 'warning';
    case 'check passed':
    case 'stage passed':
    case 'continued':
      return 'white_check_mark';
    default:
      return MARK[kind];
  }
}
