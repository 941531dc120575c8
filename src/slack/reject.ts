import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type pg from 'pg';
import { plainReason } from '../core/change/plain.js';
import type { Presser } from '../core/command.js';
import { refOf } from '../db/changes.js';
import { deploymentByKey } from '../db/deployments.js';
import type { ReplyTo } from '../db/inbox.js';
import { type Receive, Unconfirmed } from '../flow/receive.js';
import { askSlack, type SlackClient } from './client.js';
import { placeOf, placeText } from './modal-place.js';
import type { PressedAtHome, SeenHome } from './pressed-at-home.js';
import { tellAlone } from './tell.js';
import { couldNotRead } from './views/could-not-read.js';
import { nothingRecorded } from './views/nothing-recorded.js';
import { refusalMessage } from './views/refusal.js';
import { REASON, rejectView } from './views/reject.js';

interface RejectDeps {
  readonly pool: pg.Pool;
  readonly client: SlackClient;
  readonly receive: Receive;
}

/** Reject was pressed, maybe on a Home tab: asks for the reason in a modal. Nothing is decided yet. */
export async function askReason(
  deps: RejectDeps,
  trigger: string,
  key: string,
  reply: ReplyTo,
  home: SeenHome | null,
): Promise<void> {
  const problem = await open(deps, trigger, key, reply, home).catch(() => couldNotRead());
  if (problem) await tellAlone(deps.client, reply, problem);
}

async function open({ pool, client }: RejectDeps, trigger: string, key: string, reply: ReplyTo, home: SeenHome | null) {
  const deployment = await deploymentByKey(pool, key);
  const change = deployment && (await refOf(pool, deployment.changeId));
  if (!deployment || !change) return refusalMessage({ rule: 'unknown button' }, new Map());
  const place = placeText({ deployment: key }, reply, home);
  const view = rejectView(deployment.service, change, place);
  const opened = await askSlack(() => client.views.open({ trigger_id: trigger, view }));
  return opened.is === 'ok' ? null : couldNotRead();
}

/** The reason was sent: it is saved, then the modal closes. If saving fails, the modal stays, to be sent again. */
export function onReason(deps: RejectDeps, pressedAtHome: PressedAtHome) {
  return async ({ ack, body, view }: SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs): Promise<void> => {
    const place = placeOf(view.private_metadata);
    const reason = plainReason(view.state.values[REASON]?.[REASON]?.value ?? '');
    if (reason === '')
      return ack({ response_action: 'errors', errors: { [REASON]: 'Enter a reason; the requester will see it.' } });
    const by: Presser = { user: body.user.id, team: body.user.team_id ?? '' };
    const reply: ReplyTo = {
      user: body.user.id,
      channel: place.channel,
      responseUrl: null,
      message: place.message,
      typed: false,
    };
    const key = `view:${view.id}:${view.hash}`;
    try {
      await deps.receive({ key, command: { type: 'reject', deployment: place.key, reason, by }, reply });
    } catch (error) {
      const { text } = nothingRecorded({ certain: !(error instanceof Unconfirmed) });
      return ack({ response_action: 'errors', errors: { [REASON]: text } });
    }
    await ack();
    if (place.home) void pressedAtHome(body.user.id, place.home);
  };
}
