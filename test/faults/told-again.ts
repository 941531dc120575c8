import type { CrashPoint } from '../../src/crash-points.js';
import { pollNow } from '../support/deliveries.js';
import { startReceiver } from '../support/receiver.js';
import { land, start } from '../support/releases.js';
import { ALICE, configOf, SECRETS } from '../support/team.js';
import { until } from '../support/until.js';
import { aTeam, boot, diesAndAnotherComes, RESUMES_MS, resumed, team } from './dying.js';

/**
 * The replica that tells change management dies before it has sent a delivery, or before it has noted that it was accepted:
 * another sends it, under the same id, and the order is kept.
 */
export async function toldAgain(point: CrashPoint): Promise<void> {
  const receiver = await startReceiver();
  const variables = { CHANGE_TICKET_SECRET: SECRETS.changeTicketSecret };
  try {
    await aTeam({ config: configOf({ top: `change_ticket: { url: "${receiver.url}" }` }), env: variables });
    const healthy = await boot(undefined, variables);
    const run = await start(team, ALICE, await land(team));
    await until('it hears of the request', () => receiver.taken().length === 1);
    await pollNow(team);
    await healthy.terminate();
    // Its end alone is news: with a start beside it, nobody could know whether that has left.
    const bot = await boot(point, variables);
    await team.github.completeRun(run, { conclusion: 'failure' });
    await diesAndAnotherComes(bot, variables);
    const times = point === 'change ticket: accepted' ? 2 : 1;
    await until('it hears of the end', () => receiver.attempts.length === 1 + times, RESUMES_MS);
    resumed(point);
    const [first, second] = receiver.taken();
    expect([first?.type, second?.type]).toEqual(['deployment.requested', 'deployment.failed']);
    const sent = receiver.attempts.map(({ id }) => id);
    expect(sent).toEqual([first?.id, ...Array(times).fill(second?.id)]);
    const untold = () => team.rows('select 1 from change_tickets where told < (select max(seq) from ledger)');
    await until('that is noted', async () => (await untold()).length === 0);
  } finally {
    await receiver.stop();
  }
}
