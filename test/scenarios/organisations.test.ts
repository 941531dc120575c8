import { generateKeyPairSync } from 'node:crypto';
import { polledOnce } from '../support/deliveries.js';
import { card, press, quiet, stands } from '../support/releases.js';
import { ALICE, configOf, PRODUCTION, STAGING, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** The App is installed in two organisations: each installation has tokens, limits and faults of its own. */

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const TILLS = `
  - name: tills
    repository: globex/tills
    staging: { workflow: staging.yml }
    production: { workflow: production.yml, inputs: { region: eu } }
    channel: C0SHOP
    deployers: [U0ALICE]
`;

let team: Team;
afterEach(() => team.stop());

async function begin(poll = '1s'): Promise<void> {
  team = await startTeam({
    replicas: 0,
    githubApp: { id: '123456', slug: 'pushbutton', publicKey },
    env: { GITHUB_TOKEN: '', GITHUB_APP_ID: '123456', GITHUB_PRIVATE_KEY: privateKey },
    config: configOf({ services: TILLS }).replace('poll: 1h', `poll: ${poll}`),
  });
  team.github.addRepository({ fullName: 'globex/tills', workflows: [STAGING, PRODUCTION] });
  team.point(await team.start());
  await polledOnce(team);
}

/** `silent`: no webhook tells of it, so that the poll goes on as often. */
const land = async (repository: string, silent = false) => {
  const { sha } = await team.github.land(repository, { title: `Change ${repository}`, silent });
  await until('its result is known', async () => {
    const [row] = await team.rows('select staging_status from changes where sha = $1', [sha]);
    return row?.staging_status === 'passed';
  });
  return sha;
};
const release = async (repository: string) => {
  const sha = await land(repository);
  await press(team, ALICE, sha, 'Deploy');
  const row = await stands(team, sha, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, sha, 'live');
};
const callsTo = (owner: string) => team.github.calls({ path: new RegExp(`^/repos/${owner}/.*(?<!/installation)$`) });
const lists = (owner: string) => callsTo(owner).filter(({ route }) => route === 'runs');
const tokensOf = (owner: string) => new Set(callsTo(owner).map(({ token }) => token));
const warnings = async () => {
  const answer = await fetch(`http://127.0.0.1:${team.running[0]?.port}/readyz`);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { warnings: string[] }).warnings;
};
const warned = (words: RegExp) =>
  until(`readiness says ${words}`, async () => {
    const all = await warnings();
    if (!all.some((one) => words.test(one))) throw new Error(`it says ${JSON.stringify(all)}`);
    return all;
  });
/** What is polled in the next seconds. */
async function polls(seconds: number): Promise<Record<'acme' | 'globex', number>> {
  const before = { acme: lists('acme').length, globex: lists('globex').length };
  const over = Date.now() + seconds * 1_000;
  await until('the seconds are over', () => Date.now() >= over, (seconds + 5) * 1_000);
  return { acme: lists('acme').length - before.acme, globex: lists('globex').length - before.globex };
}

test('each repository is read and released with the tokens of its own installation', async () => {
  await begin();
  await release('acme/shop');
  await release('globex/tills');
  for (const owner of ['acme', 'globex']) {
    expect(callsTo(owner).filter(({ status }) => [401, 403, 404].includes(Number(status)))).toEqual([]);
    expect(tokensOf(owner).size).toBe(1);
  }
  expect([...tokensOf('acme')]).not.toEqual([...tokensOf('globex')]);
  expect(await warnings()).toEqual([]);
});

test('while few calls are left of one installation, the other is polled as before, and both deploy', async () => {
  await begin();
  const [shop, tills] = [await land('acme/shop', true), await land('globex/tills', true)];
  team.github.exhaust('globex', 100);
  // An unchanged list is free and says how much is left.
  await polls(2);
  const { acme, globex } = await polls(4);
  expect(globex).toBe(0);
  expect(acme).toBeGreaterThanOrEqual(2);
  for (const sha of [shop, tills]) {
    await press(team, ALICE, sha, 'Deploy');
    await stands(team, sha, 'deploying');
  }
});

test('a secondary limit of one installation rests its poll alone', async () => {
  await begin();
  team.github.fail('GET /repos/globex/:repo/actions/runs', {
    kind: 'rate-limit',
    limit: 'secondary',
    retryAfter: 6,
  });
  await until('it was refused', () => lists('globex').some(({ status }) => status === 403));
  const { acme, globex } = await polls(4);
  expect(globex).toBe(0);
  expect(acme).toBeGreaterThanOrEqual(2);
  await release('acme/shop');
});

test('one installation that is suspended is named, the other works with the tokens it has', async () => {
  await begin();
  await release('acme/shop');
  const before = tokensOf('acme');
  const resume = team.github.suspendApp('globex');
  const all = await warned(/globex\/tills.*suspended/);
  expect(all.join()).not.toContain('acme');
  await release('acme/shop');
  expect(tokensOf('acme')).toEqual(before);
  resume();
  await until('nothing is wrong', async () => (await warnings()).length === 0);
  await release('globex/tills');
});

test('one installation that is removed is named, the other works with the tokens it has; installed again, it works', async () => {
  await begin();
  await release('globex/tills');
  const before = { acme: tokensOf('acme'), globex: tokensOf('globex') };
  const putBack = team.github.takeAppOff('globex');
  const all = await warned(/globex\/tills.*the App is not installed there/);
  expect(all.join()).not.toContain('acme');
  await release('acme/shop');
  expect(tokensOf('acme')).toEqual(before.acme);
  putBack();
  await until('nothing is wrong', async () => (await warnings()).length === 0);
  await release('globex/tills');
  expect(tokensOf('globex').size).toBe(before.globex.size + 1);
  expect(tokensOf('acme')).toEqual(before.acme);
});

test('an installation that was removed and installed again since the last poll deploys all the same', async () => {
  await begin('1h');
  const sha = await land('globex/tills');
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
  await quiet(team);
  // octokit itself repeats what a token is refused that is younger than five seconds.
  await polls(6);
  team.github.takeAppOff('globex')();
  await press(team, ALICE, sha, 'Deploy');
  await stands(team, sha, 'deploying');
  expect(team.github.runs('globex/tills', 'production.yml')).toHaveLength(1);
});
