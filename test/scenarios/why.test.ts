import { buttonsIn } from '../../sandbox/slack/buttons.js';
import { plainText } from '../../sandbox/slack/reading.js';
import { card, counts, land, quiet, release, short, start, withButton } from '../support/releases.js';
import { ALICE, configOf, DAVE, GUS, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** Whoever wants to know why a change is not live types one line, and need not press to be told. */

let team: Team;
afterEach(() => team.stop());

async function why(user: string, text = 'why shop') {
  const before = team.slack.ephemerals(user).length;
  await team.slack.command({ user, channel: SHOP, text });
  const answer = await until(`an answer to ${text}`, () => team.slack.ephemerals(user)[before]);
  return { words: plainText(answer), buttons: buttonsIn(answer.blocks).map(({ text: label }) => label) };
}

test('each rule is said with its numbers; where all pass, the answer has the button, and nothing is started by asking', async () => {
  team = await startTeam({ config: configOf().replace('    deployers:', '    max_changes: 20\n    deployers:') });
  await release(team, await land(team, 'Add prices'));
  await land(team, 'Add a basket');
  const sha = await land(team, 'Add a till');
  await withButton(team, sha, 'Deploy');
  await quiet(team);
  const before = await counts(team);
  const { words, buttons } = await why(ALICE);
  expect(words).toContain(`shop ${short(sha)} “Add a till” can be deployed by you now.`);
  for (const rule of [
    'You are one of its deployers.',
    'It passed staging',
    'It is on main.',
    ', and 2 more changes.',
    'It is not marked bad.',
    'Nothing is stopped, locked or frozen.',
    '2 changes would ship; up to 20 need no confirmation.',
  ])
    expect(words).toContain(rule);
  expect(buttons).toEqual(['Deploy']);
  expect(await counts(team)).toEqual(before);
});

test('everything that stands in its way is said at once, with who can change it and when', async () => {
  team = await startTeam();
  const sha = await land(team, 'Add a till');
  await withButton(team, sha, 'Deploy');
  for (const text of ['lock shop for 2h database move', `hold ${sha} it leaks`]) {
    const before = team.slack.ephemerals(ALICE).length;
    await team.slack.command({ user: ALICE, channel: SHOP, text });
    await until(`an answer to ${text}`, () => team.slack.ephemerals(ALICE).length > before);
  }
  const { words, buttons } = await why(DAVE, `why shop ${short(sha)}`);
  expect(words).toContain('cannot be deployed by you now');
  expect(words).toMatch(/locked by alice: database move.*unlock/is);
  expect(words).toMatch(/alice.*it leaks/is);
  expect(buttons).toEqual([]);
});

test('who may not deploy is told that beside the rules that pass', async () => {
  team = await startTeam();
  const sha = await land(team, 'Add a till');
  await withButton(team, sha, 'Deploy');
  const { words, buttons } = await why(GUS);
  expect(words).toMatch(/not a deployer|full members/);
  expect(buttons).toEqual([]);
});

test('what is under way, and what waits behind it, is said', async () => {
  team = await startTeam();
  const first = await land(team, 'Add prices');
  await start(team, ALICE, first);
  const second = await land(team, 'Add a basket');
  await withButton(team, second, 'Deploy');
  expect((await why(ALICE, `why shop ${short(first)}`)).words).toContain('is under way: deploying.');
  const { words } = await why(ALICE);
  expect(words).toContain(`It goes after ${short(first)}, which is deploying.`);
});

test('while GitHub does not answer, that is said, and no button is offered', async () => {
  team = await startTeam();
  await release(team, await land(team, 'Add prices'));
  const sha = await land(team, 'Add a till');
  await withButton(team, sha, 'Deploy');
  await quiet(team);
  team.github.fail('compare', { kind: 'status', status: 502 }, 20);
  const { words, buttons } = await why(ALICE);
  expect(words).toContain('Whether it is on the branch is not known: GitHub answers with an error, 502.');
  expect(buttons).toEqual([]);
});

test('a service without a change, and one that there is not, are said', async () => {
  team = await startTeam();
  expect((await why(ALICE)).words).toContain('has no change that passed staging');
  expect((await why(ALICE, 'why')).words).toContain('why SERVICE [SHA]');
  expect((await why(ALICE, 'why shpo')).words).toContain('shop');
  const { sha } = await team.github.land(
    'acme/shop',
    { title: 'Broken', author: { login: 'octocat', name: 'Octo Cat', email: 'o@acme.test' } },
    { conclusion: 'failure' },
  );
  await card(team, sha, ['failed staging'], ['Re-run']);
  const { words } = await why(ALICE);
  expect(words).toContain('failed staging: see');
});
