import { type RunningDemo, runDemo } from '../support/demo.js';
import { person } from '../support/demo-person.js';
import { until } from '../support/until.js';

/** Two replicas of the bot, of which one or both are killed. */

const testMs = 120_000;
let demo: RunningDemo;
let alice: ReturnType<typeof person>;
beforeAll(async () => {
  demo = await runDemo();
  alice = person(await demo.address(), 'U0ALICE');
}, 60_000);
afterAll(() => demo.stop());

const replicas = async () => (await alice.state()).bot.replicas;
const bothRun = () =>
  until('both replicas run', async () => (await replicas()).every((one) => one.state === 'running'), 60_000);
/** Presses Deploy; the run exists on GitHub, and its answer is on the way for good: the start is under way. */
async function starting(sha: string): Promise<void> {
  expect(await alice.act('fault', { id: 'github-answer-lost', on: true })).toMatchObject({ status: 200 });
  await alice.press(sha, 'Deploy', 'passed staging');
  await until('the run exists', async () => (await alice.productionRuns(sha)).length === 1, 20_000);
}

test(
  'the replica that receives is killed while a start is under way: the other goes on, one run, live',
  async () => {
    await bothRun();
    const [first] = await replicas();
    expect(first).toMatchObject({ name: 'replica 1', receives: true });
    const sha = await alice.push('shop');
    await starting(sha);
    expect(await alice.act('kill', {})).toMatchObject({ status: 200 });
    expect(await replicas()).toMatchObject([
      { name: 'replica 1', state: 'killed', receives: false },
      { name: 'replica 2', state: 'running', receives: true },
    ]);
    await alice.seesOneRunLive(sha);

    const next = await alice.push('shop');
    await alice.press(next, 'Deploy', 'passed staging');
    await bothRun();
    const [again] = await replicas();
    expect(again?.pid).not.toBe(first?.pid);
    expect(again?.receives).toBe(false);
    await alice.seesOneRunLive(next);
  },
  testMs,
);

test(
  'both replicas are killed in the middle of the start: when they are back, one run, live',
  async () => {
    await bothRun();
    const sha = await alice.push('shop');
    await starting(sha);
    await alice.act('kill', { replica: 'replica 2' });
    await alice.act('kill', { replica: 'replica 1' });
    expect((await alice.act('kill', {})).status).toBe(409);
    // Slack finds nobody there, and says so to whoever presses.
    const asked = await alice.act('command', { user: 'U0ALICE', channel: 'C0SHOP', text: '/release status' });
    expect(asked.body).toEqual({ failedWith: 'dispatch_failed' });
    await alice.seesOneRunLive(sha);
  },
  testMs,
);
