import { landed, offered, startMonorepo } from '../support/monorepo.js';
import { card, press, quiet, release, stands } from '../support/releases.js';
import { ALICE, BOB, DAVE, type Team } from '../support/team.js';

/** Four eyes in a monorepo: authors are those of the commits that touch the service, or of which that is not known. */

let team: Team;
afterEach(() => team.stop());

const OCTO = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };
const BOBS = { login: 'bob-dev', name: 'Bob', email: 'bob@acme.test' };
const ALICES = { login: 'alice-dev', name: 'Alice', email: 'alice@acme.test' };
const WAITING = ['Approve', 'Reject', 'Withdraw'];

const open = async (more = '') => {
  team = await startMonorepo(
    { replicas: 2 },
    `    approvals: { required: 1, from: [${ALICE}, ${BOB}] }\n${more}`,
    `people: { bob-dev: ${BOB}, alice-dev: ${ALICE} }`,
  );
  const first = await landed(team, 'Begin', ['shop/index.ts'], OCTO);
  await press(team, DAVE, first, 'Deploy');
  await press(team, ALICE, first, 'Approve');
  const row = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
};

test('who wrote only what does not touch the service may approve; who wrote what touches it may not', async () => {
  await open();
  await landed(team, 'Print receipts', ['till/receipt.ts'], ALICES);
  await landed(team, 'Round up', ['lib/money/round.ts'], BOBS);
  const sha = await landed(team, 'Add prices', ['shop/prices.ts'], OCTO);
  await press(team, DAVE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval', '2 changes', 'and 1 other that does not touch it'], WAITING);
  await press(team, BOB, sha, 'Approve');
  await team.told(BOB, 'wrote');
  await press(team, ALICE, sha, 'Approve');
  await stands(team, sha, 'deploying');
  const [line] = await team.rows("select detail from ledger where kind = 'approved' order by seq desc limit 1");
  expect(line?.detail).toMatchObject({ changes: 2, others: 1 });
});

test('an approval is of everything that ships: what comes along later voids it, whatever it touches', async () => {
  await open();
  await landed(team, 'Print receipts', ['till/receipt.ts'], ALICES);
  const sha = await landed(team, 'Add prices', ['shop/prices.ts'], OCTO);
  await press(team, DAVE, sha, 'Deploy');
  await card(team, sha, ['waiting for approval'], WAITING);
  await quiet(team);
  const [row] = await team.rows('select counted_shas from deployments where sha = $1', [sha]);
  expect(row?.counted_shas).toHaveLength(2);
});

test('the author of a commit with more files than GitHub lists may not approve', async () => {
  await open();
  const files = Array.from({ length: 3_001 }, (_, n) => `till/vendor/${n}.js`);
  await landed(team, 'Vendor everything', files, ALICES);
  const sha = await landed(team, 'Add prices', ['shop/prices.ts'], OCTO);
  await press(team, DAVE, sha, 'Deploy');
  await press(team, ALICE, sha, 'Approve');
  await team.told(ALICE, 'wrote');
  await press(team, BOB, sha, 'Approve');
  await stands(team, sha, 'deploying');
});

test('max_changes counts those that touch the service', async () => {
  team = await startMonorepo({}, '    max_changes: 1\n');
  await release(team, await landed(team, 'Begin', ['shop/index.ts']));
  for (const n of [1, 2, 3]) await landed(team, `Write plan ${n}`, [`docs/plan-${n}.md`]);
  const one = await landed(team, 'Add prices', ['shop/prices.ts']);
  await release(team, one);
  await landed(team, 'Add a till', ['shop/till.ts']);
  const two = await landed(team, 'Add a basket', ['shop/basket.ts']);
  await offered(team, two, '2 changes would ship');
  await press(team, ALICE, two, 'Deploy');
  await team.told(ALICE, 'would ship 2 changes at once, more than the 1');
});
