import { generateKeyPairSync } from 'node:crypto';
import { plainText } from '../../sandbox/slack/reading.js';
import { PAUSES } from '../../src/core/pauses.js';
import { tellLastingFaults } from '../../src/jobs/fault-news.js';
import { card, dispatches, hurry, land, press, quiet, stands, start } from '../support/releases.js';
import { ALICE, OPS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** What an owner does to a repository in GitHub while Pushbutton watches it: named with its mend, and nothing is lost by it. */

let team: Team;
afterEach(() => team.stop());

const offers = ['Deploy', 'What ships'];
const warnings = async () => {
  const answer = await fetch(`http://127.0.0.1:${team.running[0]?.port}/readyz`);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { warnings: string[] }).warnings.join();
};
const polled = () => team.rows('update repository_polls set next_at = now()');
const named = (words: string) =>
  until(`readiness names ${words}`, async () => {
    await polled();
    const now = await warnings();
    return now.includes(words) && now;
  });

test('after a repository rename readiness and operators get the new name, and the poll keeps changes and releases going', async () => {
  team = await startTeam();
  const first = await land(team);
  await card(team, first, ['passed staging'], offers);
  const run = await start(team, ALICE, first);
  team.github.rename('acme/shop', 'acme/store');
  // GitHub's deliveries carry the new name alone: they are taken as somebody else's.
  await team.github.completeRun(run, { conclusion: 'success' });
  expect(await named('is now called acme/store')).toContain('repository acme/shop, listing runs');
  await stands(team, first, 'live');
  const { sha } = await team.github.land('acme/store', { title: 'Add a till' });
  await until('it is there', async () => {
    await polled();
    return team.cards().some((one) => one.words.includes(sha.slice(0, 7)) && one.buttons.includes('Deploy'));
  });
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying');
  // The start was sent once to each address, and carried out at one.
  expect(team.github.runs('acme/store', 'production.yml')).toHaveLength(2);
  expect(await warnings()).toContain('is now called acme/store');
  await until('the operators are told', async () => {
    await team.rows("update fault_news set since = now() - interval '3 minutes'");
    await team.rows("update turns set next_at = now() where name = 'faults'");
    await tellLastingFaults(team.pool, [OPS], PAUSES);
    return team.slack.dms(OPS).map(plainText).join().includes('Put its new name into the config');
  });
}, 60_000);

test('while the App is uninstalled readiness says so and nothing ends, and work resumes without a restart', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  team = await startTeam({
    githubApp: { id: '123456', slug: 'acme-pushbutton', publicKey },
    env: { GITHUB_TOKEN: '', GITHUB_APP_ID: '123456', GITHUB_PRIVATE_KEY: privateKey },
  });
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  team.github.setWebhooks('off');
  const putBack = team.github.takeAppOff();
  expect(await named('GitHub answers 404')).toContain('repository acme/shop');
  await team.github.completeRun(run, { conclusion: 'success' });
  await hurry(team, 'follow');
  await quiet(team);
  await stands(team, sha, 'deploying');
  putBack();
  await until('nothing is wrong', async () => {
    await polled();
    return (await warnings()) === '';
  });
  await stands(team, sha, 'live');
  await card(team, sha, ['live'], []);
  expect(dispatches(team)).toHaveLength(1);
  expect(team.slack.messages(SHOP)).toHaveLength(1);
}, 60_000);
