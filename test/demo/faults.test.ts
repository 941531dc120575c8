import { type RunningDemo, runDemo } from '../support/demo.js';
import { person } from '../support/demo-person.js';
import { until } from '../support/until.js';

/** What goes wrong on the page's switches, and how one sees that the promises hold. */

const testMs = 120_000;
let demo: RunningDemo;
let alice: ReturnType<typeof person>;
beforeAll(async () => {
  demo = await runDemo();
  alice = person(await demo.address(), 'U0ALICE');
}, 60_000);
afterAll(() => demo.stop());

const switchOn = async (id: string) =>
  expect(await alice.act('fault', { id, on: true })).toMatchObject({ status: 200 });
const isOn = async (id: string) => (await alice.state()).faults.find((one) => one.id === id)?.on;

test(
  "GitHub's answer to a start is lost: the card says so, the run is found, and there is one",
  async () => {
    const sha = await alice.push('shop');
    await switchOn('github-answer-lost');
    await alice.press(sha, 'Deploy', 'passed staging');
    await alice.card(sha, 'unknown, looking it up');
    await alice.seesOneRunLive(sha);
    expect(await alice.ledgerOf(sha)).toContain('unknown');
    expect(await isOn('github-answer-lost')).toBe(false);
  },
  testMs,
);

test(
  'GitHub is down when somebody presses: the press is kept, and carried out once GitHub is back',
  async () => {
    const sha = await alice.push('search');
    await alice.card(sha, 'passed staging');
    await switchOn('github-down');
    await alice.press(sha, 'Deploy');
    await alice.card(sha, 'queued', 'GitHub does not answer');
    await alice.act('fault', { id: 'github-down', on: false });
    await alice.seesOneRunLive(sha);
  },
  testMs,
);

test(
  'Slack throttles: the deployment goes on, and the card catches up',
  async () => {
    const sha = await alice.push('shop');
    const before = await alice.card(sha, 'passed staging');
    await switchOn('slack-throttles');
    await alice.press(sha, 'Deploy');
    await until('it is live', async () => (await alice.ledgerOf(sha)).includes('live'), 30_000);
    expect(await isOn('slack-throttles')).toBe(true);
    expect((await alice.card(sha)).words).toBe(before.words);
    await alice.seesOneRunLive(sha);
    expect(await isOn('slack-throttles')).toBe(false);
  },
  testMs,
);

test(
  'webhooks are lost: the card comes by the poll, and a deployment is followed to its end',
  async () => {
    await switchOn('webhooks-lost');
    const sha = await alice.push('shop');
    await alice.press(sha, 'Deploy', 'passed staging');
    await alice.seesOneRunLive(sha);
    expect(await isOn('webhooks-lost')).toBe(true);
  },
  testMs,
);

test(
  'production fails once: the card names the job, Retry starts a new run, and Roll back leads back',
  async () => {
    const first = await alice.push('shop');
    await alice.press(first, 'Deploy', 'passed staging');
    await alice.seesOneRunLive(first);
    const sha = await alice.push('shop');
    await switchOn('production-fails');
    await alice.press(sha, 'Deploy', 'passed staging');
    expect((await alice.card(sha, 'failed in production', 'smoke test')).buttons).toEqual(['Retry', 'Roll back']);
    expect(await isOn('production-fails')).toBe(false);
    await alice.press(sha, 'Retry');
    await alice.card(sha, 'live since');
    expect((await alice.productionRuns(sha)).map((one) => one.state)).toEqual(['success', 'failure']);
    await alice.press(sha, 'Roll back');
    await alice.card(first, 'live since');
  },
  testMs,
);
