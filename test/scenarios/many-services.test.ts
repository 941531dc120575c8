import { plainText } from '../../sandbox/slack/reading.js';
import { card, land, start } from '../support/releases.js';
import { statementsSent } from '../support/statements.js';
import { ALICE, anotherService, configOf, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** A config of 5,000 services, each with a repository of its own, and the shop as the last of them. */

const COUNT = 5_000;
const PAGES = 501;
let team: Team;
beforeEach(async () => {
  const services = Array.from({ length: COUNT }, (_, n) => anotherService(`service-${n}`, 'C0RELEASES')).join('');
  team = await startTeam({ config: configOf().replace('services:\n', `services:${services}\n`) });
});
afterEach(() => team.stop());

/**
 * Whether a statement asks about any of the 5,000, by its name: one about many of them is one statement. What the replica does
 * meanwhile, the more of it the slower the machine is, names the shop alone, or repositories.
 */
const namesOthers = (values: readonly unknown[]) => values.flat().some((value) => /^service-\d+$/.test(String(value)));

const answers = () => team.slack.ephemerals(ALICE);
/** The newest answer; without its first line, what it says of services. */
const shown = () => plainText(answers().at(-1) ?? { blocks: [] });
async function ask(text: string): Promise<string> {
  const before = answers().length;
  await team.slack.command({ user: ALICE, channel: SHOP, text });
  await until('she is answered', () => answers().length > before);
  return shown();
}
/** Presses Next or Previous on the answer, which changes in its place. */
async function turn(button: string): Promise<string> {
  const { ts } = answers().at(-1) ?? { ts: '' };
  const [before, count] = [shown(), answers().length];
  expect((await team.slack.click({ user: ALICE, channel: SHOP, ts, button })).status).toBe(200);
  await until('another page is there', () => shown() !== before);
  expect(answers()).toHaveLength(count);
  return shown();
}

test('one is deployed as ever; status and the Home tab show a page, what is under way first', async () => {
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  await card(team, sha, ['deploying'], ['Cancel']);
  expect(await ask('status service-4999')).toContain('service-4999 · nothing live yet');

  const looked = statementsSent(namesOthers);
  expect(await ask('hold 0000000 Wrong')).toContain('0000000');
  expect(await ask(`hold ${sha.slice(0, 7)} Wrong`)).toContain('shop');
  expect(looked.stop().length).toBeLessThan(10);

  const sent = statementsSent(namesOthers);
  const first = await ask('status');
  expect(sent.stop().length).toBeLessThan(10);
  expect(first).toMatch(new RegExp(`^Status of 5001 services, page 1 of ${PAGES}, active ones first:\\nshop `));
  expect(first).toContain('service-8 ');
  expect(first).not.toContain('service-9 ');
  expect(first).not.toContain('Previous');

  const second = await turn('Next');
  expect(second).toContain(`page 2 of ${PAGES}`);
  expect(second).not.toContain('shop');
  expect(second).toMatch(/service-9 [\s\S]*service-18 /);
  // Why there is no other page stands beside the one that is there.
  team.slack.fail('users.info', { kind: 'http', status: 503 });
  const { ts } = answers().at(-1) ?? { ts: '' };
  await team.slack.click({ user: ALICE, channel: SHOP, ts, button: 'Next' });
  await until('she is told why', () => shown().includes('Slack did not confirm'));
  expect(plainText(answers().find((one) => one.ts === ts) ?? { blocks: [] })).toBe(second);
  await team.slack.click({ user: ALICE, channel: SHOP, ts, button: 'Previous' });
  await until('the first page is there', () => answers().some((one) => plainText(one) === first));

  await team.slack.openHome({ user: ALICE });
  const home = () => plainText(team.slack.home(ALICE)?.definition ?? {});
  await until('the Home tab is drawn', () => home().includes(`Page 1 of ${PAGES}`));
  expect(home()).toMatch(/5001 services in all: 1 under way\.[\s\S]*shop [\s\S]*service-8 /);
  await team.slack.clickInView({ viewId: team.slack.home(ALICE)?.id ?? '', button: 'Next' });
  await until('the next page is drawn', () => home().includes(`Page 2 of ${PAGES}`));
  expect(home()).toMatch(/service-9 [\s\S]*service-18 /);
  // Refresh renews the page that she looks at.
  const before = team.slack.home(ALICE)?.hash;
  await team.slack.clickInView({ viewId: team.slack.home(ALICE)?.id ?? '', button: 'Refresh' });
  await until('it is drawn anew', () => team.slack.home(ALICE)?.hash !== before);
  expect(home()).toContain(`Page 2 of ${PAGES}`);
  // It follows by itself, and stays on that page.
  await team.github.completeRun(run, { conclusion: 'success' });
  await until('it says that nothing goes on', () => home().includes('5001 services in all: nothing is under way'));
  expect(home()).toContain(`Page 2 of ${PAGES}`);
});

test('the digest of one channel speaks of thousands', async () => {
  expect(await ask('digest')).toContain('Release digest');
});
