import { plainText } from '../../sandbox/slack/reading.js';
import { landed, offered, startMonorepo, TILL, titles } from '../support/monorepo.js';
import { card, press, quiet, release, short, stands } from '../support/releases.js';
import { ALICE, SHOP, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** One repository, several services: each sees the changes that touch its own files. */

let team: Team;
afterEach(() => team.stop());

const command = (text: string) => team.slack.command({ user: ALICE, channel: SHOP, text });

test('a change has a card in the service whose files it touches, in no other, and one that touches none has no card', async () => {
  team = await startMonorepo({ replicas: 2 });
  const both = await landed(team, 'Begin', ['lib/money/euro.ts']);
  await offered(team, both);
  const shop = await landed(team, 'Add prices', ['shop/prices.ts', 'README.md']);
  await offered(team, shop);
  await landed(team, 'Print receipts', ['till/receipt.ts']);
  await landed(team, 'Write a plan', ['docs/plan.md']);
  await quiet(team);
  expect(titles(team)).toEqual(['Begin', 'Add prices']);
  await until('two cards of the till', () => titles(team, TILL).join() === 'Begin,Print receipts');
  // The newest that passed is the newest of the service's own.
  await offered(team, shop);
  await card(team, both, ['superseded by'], []);
});

test('what ships is what touches it; the others that come along are said beside it', async () => {
  team = await startMonorepo();
  await release(team, await landed(team, 'Begin', ['shop/index.ts']));
  await landed(team, 'Print receipts', ['till/receipt.ts']);
  await landed(team, 'Write a plan', ['docs/plan.md']);
  await landed(team, 'Add prices', ['shop/prices.ts']);
  await landed(team, 'Fix receipts', ['till/receipt.ts']);
  const sha = await landed(team, 'Add a basket', ['shop/basket.ts']);
  const on = await offered(team, sha, '2 changes would ship', 'and 3 others that do not touch it');
  expect(JSON.stringify(on.blocks)).toContain('2 changes ship, and 3 others that do not touch it.');
  await press(team, ALICE, sha, 'What ships');
  const said = await until('the modal', () => {
    const [view] = team.slack.modals(ALICE);
    const words = view ? plainText(view.definition) : '';
    return words.includes('Add prices') && words;
  });
  expect(said).toContain('and 3 others that do not touch it');
  expect(said).not.toContain('receipts');
  expect(said).not.toContain('Write a plan');
  await command('diff shop');
  await team.told(ALICE, '2 changes would ship', 'and 3 others that do not touch it', 'Add a basket');
});

test('a commit that moves a file out of the paths touches them', async () => {
  team = await startMonorepo();
  await landed(team, 'Begin', ['shop/index.ts']);
  const { sha } = await team.github.land('acme/shop', {
    title: 'Move it away',
    files: [{ filename: 'old/index.ts', movedFrom: 'shop/index.ts' }],
  });
  await offered(team, sha);
});

test('a push of several commits is one change: it has a card if one of them touches the service', async () => {
  team = await startMonorepo();
  await landed(team, 'Begin', ['shop/index.ts']);
  const { sha } = await team.github.land('acme/shop', {
    title: 'Merge the new till',
    files: ['till/a.ts', 'till/b.ts'],
    mergeOf: [
      { title: 'Draw it', files: ['till/a.ts'] },
      { title: 'Round up', files: ['lib/money/round.ts'] },
    ],
  });
  await offered(team, sha);
});

test('a change that touches the service and failed is carried by the next that passes, whatever that touches', async () => {
  team = await startMonorepo();
  const first = await landed(team, 'Begin', ['shop/index.ts']);
  const failed = await team.github.push('acme/shop', { title: 'Add prices', files: ['shop/prices.ts'] });
  await team.github.completeRun(failed.runId, { conclusion: 'failure' });
  await card(team, failed.sha, ['failed staging'], ['Re-run']);
  const mended = await landed(team, 'Update the lockfile', ['package-lock.json']);
  await offered(team, mended);
  await card(team, first, ['superseded by'], []);
  await landed(team, 'Write a plan', ['docs/plan.md']);
  await quiet(team);
  expect(titles(team)).toEqual(['Begin', 'Add prices', 'Update the lockfile']);
});

test('a change that touches none of it and fails has no card, and nobody is called', async () => {
  team = await startMonorepo({}, '    notify: { staging_failed: mention }\n');
  await landed(team, 'Begin', ['shop/index.ts']);
  const { sha, runId } = await team.github.push('acme/shop', { title: 'Print receipts', files: ['till/receipt.ts'] });
  await team.github.completeRun(runId, { conclusion: 'failure' });
  await until('the till has its card', () => titles(team, TILL).includes('Print receipts'));
  await quiet(team);
  expect(titles(team)).toEqual(['Begin']);
  expect(JSON.stringify(team.slack.messages(SHOP))).not.toContain(short(sha));
});

test('it is carried too when its own run ends after the one that carries it has passed', async () => {
  team = await startMonorepo();
  await landed(team, 'Begin', ['shop/index.ts']);
  const slow = await team.github.push('acme/shop', { title: 'Add prices', files: ['shop/prices.ts'] });
  await team.github.startRun(slow.runId);
  const fast = await landed(team, 'Write a plan', ['docs/plan.md']);
  await quiet(team);
  expect(titles(team)).toEqual(['Begin']);
  await team.github.completeRun(slow.runId, { conclusion: 'cancelled' });
  await offered(team, fast);
});

test('and when it had passed, and fails when it is run again', async () => {
  team = await startMonorepo();
  await landed(team, 'Begin', ['shop/index.ts']);
  const prices = await landed(team, 'Add prices', ['shop/prices.ts']);
  await offered(team, prices);
  const plan = await landed(team, 'Write a plan', ['docs/plan.md']);
  const [run] = team.github.runs('acme/shop', 'staging.yml').filter(({ headSha }) => headSha === prices);
  await team.github.rerun(run?.id ?? 0, { actor: 'octocat' });
  await team.github.completeRun(run?.id ?? 0, { conclusion: 'failure' });
  await card(team, prices, ['superseded by'], []);
  await offered(team, plan);
});

test('a change that touches none of it is deployed by its SHA, and then has a card', async () => {
  team = await startMonorepo();
  const first = await landed(team, 'Begin', ['shop/index.ts']);
  await release(team, first);
  const sha = await landed(team, 'Write a plan', ['docs/plan.md']);
  await command(`why shop ${short(sha)}`);
  await team.told(ALICE, 'can be deployed by you now', 'It touches none of the paths of this service', 'and 1 other');
  await command('deploy shop');
  await team.told(ALICE, 'Begin', 'it has been live since');
  await command(`deploy shop ${short(sha)}`);
  const row = await stands(team, sha, 'deploying');
  await card(team, sha, ['deploying'], ['Cancel']);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await card(team, sha, ['live'], ['Roll back']);
  await press(team, ALICE, sha, 'Roll back');
  const back = await stands(team, first, 'deploying');
  await team.github.completeRun(Number(back.run_id), { conclusion: 'success' });
  await stands(team, first, 'live');
});

test('continuous: a change that touches none of it is not deployed; the next that does ships it along', async () => {
  team = await startMonorepo({ replicas: 2 }, '    mode: continuous\n    hold: 1s\n');
  const first = await landed(team, 'Begin', ['shop/index.ts']);
  await release(team, first);
  const aside = await landed(team, 'Write a plan', ['docs/plan.md']);
  // The clock has looked at it after its hold, twice.
  for (let looks = 0; looks < 2; looks += 1) {
    const [seen] = await team.rows("select next_at from turns where name = 'clock'");
    await until('the clock looks', async () => {
      const [row] = await team.rows(
        "select next_at > $2 and passed_at + interval '1 s' < now() as looked from turns, changes where name = 'clock' and sha = $1",
        [aside, seen?.next_at],
      );
      return row?.looked;
    });
  }
  const next = await landed(team, 'Add prices', ['shop/prices.ts']);
  const row = await stands(team, next, 'deploying', 20_000);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await stands(team, next, 'live');
  expect(await team.rows('select 1 from deployments where sha = $1', [aside])).toEqual([]);
});
