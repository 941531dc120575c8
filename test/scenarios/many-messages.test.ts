import { addJob } from '../../src/db/add-jobs.js';
import { tellKey } from '../../src/db/queue.js';
import { card, land } from '../support/releases.js';
import { statementsSent } from '../support/statements.js';
import { OPS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Slack takes one message a second for each person and channel. Who waits for that keeps nobody else waiting. */

/** More than there are jobs of Slack at the same time. */
const MESSAGES = 16;

let team: Team;
afterEach(() => team.stop());

test('many messages for one person go one a second, all of them, and keep no card waiting', async () => {
  team = await startTeam({ pauses: 'real' });
  const posts = (channel: string) => team.slack.calls('chat.postMessage').filter((one) => one.args.channel === channel);
  const sent = statementsSent();
  for (let n = 0; n < MESSAGES; n += 1) {
    const refusal = { rule: 'expired', service: 'shop', sha: 'a'.repeat(40), reason: `it waited for ${n}` } as const;
    const payload = { user: OPS, refusal, tries: 0 };
    await addJob(team.pool, 'tell', payload, { key: tellKey(payload) });
  }
  await until('the first is told', () => posts(OPS).length > 0);
  const sha = await land(team);
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  const before = posts(OPS).filter(({ at }) => at < (posts(SHOP)[0]?.at ?? 0)).length;
  expect(before).toBeLessThan(MESSAGES / 4);
  // Waiting is no try: when Slack fails later, it is tried again as soon as if it were the first.
  const waiting =
    "select payload->>'tries' as tries from graphile_worker._private_jobs where payload->>'tries' is not null";
  expect(new Set((await team.rows<{ tries: string }>(waiting)).map(({ tries }) => tries))).toEqual(new Set(['0']));
  await until('all are told', () => team.slack.dms(OPS).length === MESSAGES, 30_000);
  expect(posts(OPS).every((one) => one.outcome === 'ok')).toBe(true);
  // Each comes back when its turn is near, and not with all others at the end of every second.
  const asked = sent.stop().filter((one) => one === 'take-second').length;
  expect(asked).toBeLessThan(3 * MESSAGES);
}, 60_000);
