/** Whether the receivers of services accept what they are told, for the doctor. It asks the database, and sends them nothing. */

import { type Check, ok, skipped, type Verdict, wrong } from '../core/check.js';
import type { ReceiverState } from '../db/change-tickets.js';
import { addressOf, type Receiver } from './receiver.js';

/** One for each receiver; `states` is what the replicas have noted of them, null if it could not be read. */
export const receiverChecks = (
  receivers: readonly Receiver[],
  states: ReadonlyMap<string, ReceiverState> | null,
): Check[] =>
  receivers.map((receiver) => ({
    id: `service.${receiver.service}.change-ticket`,
    group: `Service ${receiver.service}`,
    name: 'change_ticket',
    verdict: states ? receiverVerdict(receiver, states.get(receiver.service)) : UNREAD,
  }));

const UNREAD = skipped('what the receiver answered last is in the database, which could not be read');

function receiverVerdict({ url, keys }: Receiver, state: ReceiverState | undefined): Verdict {
  // The rest of the address may be a secret.
  const { host } = new URL(url);
  const signed = `${host}, signed with ${keys.length === 1 ? 'one secret' : `${keys.length} secrets`}`;
  if (state?.address !== addressOf(url)) return ok(`${signed}; nothing has been sent to this address yet`);
  if (state.fault !== null)
    return wrong(
      `${host} ${state.fault}, since ${state.since?.toISOString()}`,
      'Look at the log of the receiver, and at change_ticket in the config. Nothing is lost: it gets what it missed, in order.',
    );
  return ok(`${signed}; ${state.waits ? 'something is still to be sent' : 'it has accepted everything'}`);
}
