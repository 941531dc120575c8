import { buttonsIn } from '../../sandbox/slack/buttons.js';
import { plainText } from '../../sandbox/slack/reading.js';
import { polledOnce } from '../support/deliveries.js';
import { card, land, press, quiet, release, short, stands, start, withButton } from '../support/releases.js';
import { ALICE, BOB, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

let team: Team;
beforeEach(async () => {
  team = await startTeam();
  await polledOnce(team);
});
afterEach(() => team.stop());

const offers = ['Deploy', 'What ships'];

/** A run of the production workflow that somebody starts in GitHub. */
async function byHand(sha: string, deployId = '') {
  const inputs = { sha, deploy_id: deployId || 'none', requested_by: 'mallory' };
  return team.github.dispatchOutside('acme/shop', 'production.yml', { actor: 'mallory', inputs });
}

/** What `/release status shop` answers when everything is done that was to be done. */
async function status(...words: string[]) {
  await quiet(team);
  return until(`status says ${words.join(', ')}`, async () => {
    const before = team.slack.ephemerals(BOB).length;
    await team.slack.command({ user: BOB, channel: SHOP, text: 'status shop' });
    const answer = await until('an answer', () => team.slack.ephemerals(BOB)[before]);
    const missing = words.filter((word) => !plainText(answer).includes(word));
    if (missing.length > 0) throw new Error(`it says ${plainText(answer)}`);
    return answer;
  });
}

test('a run started by hand is shown as outside Pushbutton, with its link and who started it', async () => {
  const run = await byHand('a'.repeat(40));
  await team.github.startRun(run.id);
  const answer = await status('outside Pushbutton', 'mallory');
  expect(JSON.stringify(answer.blocks)).toContain(`https://github.com/acme/shop/actions/runs/${run.id}`);
  await quiet(team);
  expect(team.slack.messages(SHOP)).toEqual([]);
  expect(await team.rows('select actor, kind from ledger order by seq limit 1')).toEqual([
    { actor: 'github:mallory', kind: 'run outside Pushbutton' },
  ]);
});

test('after a run outside Pushbutton what is live is unknown, Deploy still works, and the next Deploy settles it', async () => {
  const first = await land(team, 'Add prices');
  await release(team, first);
  await card(team, first, ['live'], []);
  const second = await land(team, 'Add a basket');
  await card(team, second, ['1 change would ship', short(first)], offers);

  const run = await byHand('a'.repeat(40));
  await team.github.startRun(run.id);
  await status('outside Pushbutton', 'not known');
  await card(team, first, ['live until a run outside Pushbutton'], []);
  await until('the other card does not count from it any more', async () => {
    const offered = await withButton(team, second, 'Deploy');
    return !offered.words.includes(`on top of ${short(first)}`);
  });
  await team.github.completeRun(run.id, { conclusion: 'success' });
  await status('outside Pushbutton', 'not known');

  await release(team, second);
  await card(team, second, ['live'], ['Roll back']);
  const known = plainText(await status('live', short(second)));
  expect(known).not.toContain('not known');
  expect(known.split('\n')[0]).toContain(short(second));
  expect(team.production()).toHaveLength(3);
});

test('a run outside Pushbutton during a deployment holds nothing up', async () => {
  const sha = await land(team);
  const ours = await start(team, ALICE, sha);
  const run = await byHand('a'.repeat(40));
  await team.github.startRun(run.id);
  await status('deploying', 'outside Pushbutton');
  await team.github.completeRun(ours, { conclusion: 'success' });
  await stands(team, sha, 'live');
});

test('a run by hand in the same second as a deployment goes live is not taken for an earlier one', async () => {
  const sha = await land(team);
  const ours = await start(team, ALICE, sha);
  // GitHub's times are whole seconds, so the second must be young.
  await until('a second begins', () => Date.now() % 1_000 < 100);
  await team.github.completeRun(ours, { conclusion: 'success' });
  await stands(team, sha, 'live');
  const run = await byHand('a'.repeat(40));
  await team.github.startRun(run.id);
  await status('outside Pushbutton', 'not known');
});

test('a run with the id of another deployment, or with a made-up id, is a run outside Pushbutton', async () => {
  const sha = await land(team);
  const { deploy_id } = await release(team, sha);
  for (const words of [deploy_id, 'pb-0000000000000000', '[] [[]]', 'x'.repeat(60)]) {
    const run = await byHand(sha, words);
    await team.github.startRun(run.id);
    await team.github.completeRun(run.id, { conclusion: 'failure' });
  }
  await status('outside Pushbutton');
  await quiet(team);
  expect(await team.rows('select status from deployments')).toEqual([{ status: 'live' }]);
});

test('a Pushbutton run that is re-run on GitHub is shown as a re-run, with its attempt', async () => {
  const sha = await land(team);
  const { run_id } = await release(team, sha);
  await card(team, sha, ['live'], []);
  await team.github.rerun(Number(run_id), { actor: 'mallory' });
  await team.github.startRun(Number(run_id));
  const shown = await until('the card tells of the re-run', () =>
    team.cards().find((one) => one.words.includes('re-run, attempt 2') && one.words.includes('mallory')),
  );
  expect(JSON.stringify(shown.blocks)).toContain(`/actions/runs/${run_id}`);
  await status('re-run, attempt 2');
  expect(await team.rows('select status from deployments')).toEqual([{ status: 'live' }]);
  await team.github.completeRun(Number(run_id), { conclusion: 'success' });
  await card(team, sha, ['live since', 're-run, attempt 2'], []);
  await status('live', short(sha));
  expect(team.production()).toHaveLength(1);
});

test('a re-run of a failed run is shown on the card even after a Retry has gone live', async () => {
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  await team.github.completeRun(run, { conclusion: 'failure' });
  await press(team, ALICE, sha, 'Retry');
  await team.github.completeRun(Number((await stands(team, sha, 'deploying')).run_id), { conclusion: 'success' });
  await card(team, sha, ['live'], []);
  await team.github.rerun(run, { actor: 'mallory' });
  await team.github.startRun(run);
  const shown = await until('the card tells of the re-run', () =>
    team.cards().find((one) => one.words.includes('re-run, attempt 2') && one.words.includes('mallory')),
  );
  expect(shown.words).toContain('live until a run outside Pushbutton');
  expect(JSON.stringify(shown.blocks)).toContain(`/actions/runs/${run}`);
});

test('a re-run that succeeds after another run outside Pushbutton leaves what is live unknown', async () => {
  const sha = await land(team);
  const { run_id } = await release(team, sha);
  const run = Number(run_id);
  await team.github.rerun(run, { actor: 'mallory' });
  await team.github.startRun(run);
  await status('re-run, attempt 2');
  // GitHub's times are whole seconds: the other run starts in a later one than the re-run.
  await until('the next second', async () => {
    const [again] = await team.rows<{ over: boolean }>(
      "select now() - started_at >= interval '1 second' as over from outside_runs where attempt = 2",
    );
    return again?.over;
  });
  const other = await byHand('a'.repeat(40));
  await team.github.startRun(other.id);
  await team.github.completeRun(other.id, { conclusion: 'success' });
  await team.github.completeRun(run, { conclusion: 'success' });
  await until('the card names the other run, and how the re-run ended', () =>
    team
      .cards()
      .find(
        (one) =>
          JSON.stringify(one.blocks).includes(`/actions/runs/${other.id}`) &&
          /re-run, attempt 2.*success/.test(one.words),
      ),
  );
  await quiet(team);
  const [shown] = team.cards();
  expect(shown?.words).toContain('live until a run outside Pushbutton');
  expect(shown?.words).toMatch(/re-run, attempt 2.*success/);
  await status('not known');
});

test('a failed deployment that is re-run on GitHub stays failed, and its card shows the re-run', async () => {
  const sha = await land(team);
  const run = await start(team, ALICE, sha);
  await team.github.completeRun(run, { conclusion: 'failure' });
  await stands(team, sha, 'failed');
  await team.github.rerun(run, { actor: 'mallory' });
  await team.github.startRun(run);
  await until('the card tells of the re-run', () => team.cards()[0]?.words.includes('re-run, attempt 2'));
  await team.github.completeRun(run, { conclusion: 'success' });
  await until('the card tells of its end', () => /re-run, attempt 2.*success/.test(team.cards()[0]?.words ?? ''));
  expect(await team.rows('select status from deployments')).toEqual([{ status: 'failed' }]);
  // What was re-run is what production runs now.
  await status('live', short(sha));
  expect(team.cards().flatMap((one) => buttonsIn(one.blocks).map((button) => button.text))).not.toContain('Cancel');
});
