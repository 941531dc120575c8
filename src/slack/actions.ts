import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AllMiddlewareArgs, BlockAction, SlackActionMiddlewareArgs } from '@slack/bolt';
import type { Press, Presser } from '../core/command.js';
import { isKey } from '../db/deployments.js';
import type { ReplyTo } from '../db/inbox.js';
import { Unconfirmed } from '../flow/receive.js';
import { type AskingDeps, createAsking } from './ask.js';
import { BUTTONS, type ButtonKind, whereItLeads } from './buttons.js';
import { oneLine } from './limits.js';
import { type PressedAtHome, seenHome } from './pressed-at-home.js';
import { showWhatShips } from './questions.js';
import { askReason } from './reject.js';
import { tellAlone } from './tell.js';
import type { createTurnPage } from './turn-page.js';
import { nothingRecorded } from './views/nothing-recorded.js';
import type { createWhyNot } from './why-not.js';

/** What is looked at, not decided. */
type LookKind = 'what ships' | 'why not' | 'refresh' | 'previous page' | 'next page';
type PressKind = Exclude<ButtonKind, LookKind | 'reject'>;

/** The command behind each button. Only the keys in its value and in the id of its row are taken from the payload. */
const PRESSES: { readonly [K in PressKind]: (key: string, by: Presser, to: string | null) => Press } = {
  deploy: (change, by) => ({ type: 'deploy', change, from: 'card', by }),
  're-run': (change, by) => ({ type: 're-run', change, by }),
  withdraw: (deployment, by) => ({ type: 'withdraw', deployment, by }),
  cancel: (deployment, by) => ({ type: 'cancel', deployment, by }),
  continue: (deployment, by, stage) => ({ type: 'continue', deployment, stage: stage ?? '', by }),
  'stop here': (deployment, by, stage) => ({ type: 'stop here', deployment, stage: stage ?? '', by }),
  retry: (deployment, by) => ({ type: 'retry', deployment, by }),
  'roll back': (deployment, by, to) => ({ type: 'roll back', deployment, ...(to !== null && { to }), by }),
  approve: (deployment, by) => ({ type: 'approve', deployment, by }),
  hold: (change, by) => ({ type: 'hold', change, reason: null, by }),
  'deploy now': (change, by) => ({ type: 'deploy', change, from: 'card', by }),
  'deploy all': (change, by) => ({ type: 'deploy', change, from: 'command', all: true, by }),
  resume: (change, by) => ({ type: 'resume from a card', change, by }),
  replace: (deployment, by) => ({ type: 'replace', deployment, by }),
  'sign off': (deployment, by) => ({ type: 'sign off', deployment, by }),
};

/** Saving may take two of the three seconds that Slack waits. */
const TELL_MS = 800;

/** Thrown instead of an answer, so that nothing unsaved is acknowledged. */
export class NotRecorded extends Error {
  override readonly name = 'NotRecorded';
}

/** What is answered without being saved, and whoever is told that somebody pressed something on their Home tab. */
interface Looks {
  readonly turnPage: ReturnType<typeof createTurnPage>;
  readonly whyNot: ReturnType<typeof createWhyNot>['pressed'];
  readonly pressedAtHome: PressedAtHome;
}

/** Every button. A press is saved, then answered, or its modal asks first; What ships, Why not?, Refresh and the buttons of pages change nothing. */
export function onAction(deps: AskingDeps, { turnPage, whyNot, pressedAtHome }: Looks) {
  const asking = createAsking(deps);
  return async ({ ack, body, action }: SlackActionMiddlewareArgs<BlockAction> & AllMiddlewareArgs): Promise<void> => {
    const kind = kindOf(action.action_id);
    const value = 'value' in action && typeof action.value === 'string' ? action.value : '';
    // A stage has two keys, see `ofStage`. An earlier version drew both keys of a rollback as one value.
    const hasTwo = kind === 'roll back' || (kind !== null && BUTTONS[kind].of === 'stage');
    const [first = '', second] = hasTwo ? value.split(':') : [value];
    const key = isKey(first) ? first : '';
    const own = second !== undefined && isKey(second) ? second : null;
    const to = kind === 'roll back' ? (whereItLeads(action.block_id) ?? own) : own;
    if (kind === 'previous page' || kind === 'next page' || kind === 'refresh') {
      await ack();
      const view = body.view ? { hash: body.view.hash } : null;
      return turnPage({ by: presserOf(body), page: value, view, reply: replyTo(body) });
    }
    const home = seenHome(body.view);
    if (kind === 'what ships' || kind === 'why not' || kind === 'reject') {
      await ack();
      if (home) void pressedAtHome(body.user.id, home);
      if (kind === 'why not') await whyNot(presserOf(body), key, replyTo(body));
      else if (kind === 'reject') await askReason(deps, body.trigger_id, key, replyTo(body), home);
      else await showWhatShips(deps, presserOf(body), body.trigger_id, key, replyTo(body));
      return;
    }
    const reply = replyTo(body);
    const by = presserOf(body);
    const command: Press =
      kind === null
        ? { type: 'unknown press', action: oneLine(action.action_id).slice(0, 100), by }
        : PRESSES[kind](key, by, to);
    const asks = kind === 'deploy' || kind === 'deploy now';
    let questions: Awaited<ReturnType<typeof asking.toAsk>> = null;
    try {
      questions = asks ? await asking.toAsk(key, by) : null;
      if (!questions) await deps.receive({ key: keyOf(body, action.action_id, action.action_ts), command, reply });
    } catch (error) {
      const words = nothingRecorded({ certain: !(error instanceof Unconfirmed) });
      await Promise.race([tellAlone(deps.client, reply, words, TELL_MS), sleep(TELL_MS)]);
      throw new NotRecorded('a press');
    }
    await ack();
    if (home) void pressedAtHome(body.user.id, home);
    if (questions) await asking.open(questions, body.trigger_id, reply, home);
  };
}

function kindOf(actionId: string): ButtonKind | null {
  const found = Object.entries(BUTTONS).find(([, button]) => button.actionId === actionId);
  return found ? (found[0] as ButtonKind) : null;
}

/** The person, and the team that Slack says they belong to. Without a team, the person counts as a stranger. */
function presserOf(body: BlockAction): Presser {
  return { user: body.user.id, team: body.user.team_id ?? '' };
}

/** One key per click, however often it arrives: who, where, which button, and when. Slack signs all of it. */
function keyOf(body: BlockAction, actionId: string, at: string): string {
  const { container } = body;
  const parts = [
    body.user.id,
    container.channel_id ?? '',
    container.message_ts ?? container.view_id ?? '',
    actionId,
    at,
  ];
  return `press:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

function replyTo(body: BlockAction): ReplyTo {
  const { container } = body;
  const channel: unknown = container.channel_id;
  const ts: unknown = container.message_ts;
  const stays =
    container.type === 'message' && !container.is_ephemeral && typeof channel === 'string' && typeof ts === 'string';
  return {
    user: body.user.id,
    channel: typeof channel === 'string' ? channel : null,
    responseUrl: body.response_url ?? null,
    message: stays ? { channel, ts } : null,
    // No card answers a press on a message that only they see; their Home tab does.
    typed: container.type === 'message' && !stays,
  };
}
