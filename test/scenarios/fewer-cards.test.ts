import { plainText } from '../../sandbox/slack/reading.js';
import { allDrawn, card, land, press, quiet, release, short, stands, start } from '../support/releases.js';
import { ALICE, configOf, SHOP, startTeam, type Team } from '../support/team.js';
import { until } from '../support/until.js';

/** A team that wants fewer messages says which changes get a card. */

let team: Team;
afterEach(() => team.stop());

const open = async (cards: string, service = '') => {
  team = await startTeam({ config: configOf({ top: `cards: ${cards}`, service }) });
};
const author = { login: 'octocat', name: 'Octo Cat', email: 'octo@acme.test' };

/** Slack has refused the card of the newest change, and so those that came before are known, too. */
const refused = (sha: string) =>
  until(`the card of ${short(sha)} is refused`, () =>
    team.slack.calls('chat.postMessage').some(({ args }) => JSON.stringify(args.blocks).includes(short(sha))),
  );

/** So many changes whose results come while Slack takes no messages; returns their SHAs, oldest first. */
async function burst(count: number): Promise<string[]> {
  team.slack.fail('chat.postMessage', { kind: 'error', error: 'ratelimited', retryAfter: 1 }, Number.POSITIVE_INFINITY);
  const shas: string[] = [];
  for (let n = 1; n <= count; n += 1) shas.push(await land(team, `Change ${n}`));
  await refused(shas.at(-1) ?? '');
  team.slack.clearFaults();
  return shas;
}
/** The titles of the cards, once all are drawn. */
const titles = async () => {
  await quiet(team);
  await allDrawn(team);
  return team.cards().map((one) => one.text.match(/[0-9a-f]{7} “([^”]*)”/)?.[1]);
};

test('newest: of changes that come together only the newest gets a card, and it ships the others', async () => {
  await open('newest');
  await release(team, await land(team, 'Begin'));
  const shas = await burst(8);
  await card(team, shas[7] ?? '', ['passed staging', '8 changes'], ['Deploy', 'What ships']);
  expect(await titles()).toEqual(['Begin', 'Change 8']);
  await press(team, ALICE, shas[7] ?? '', 'What ships');
  await until('a modal that lists all of them', () => {
    const [view] = team.slack.modals(ALICE);
    const said = view ? plainText(view.definition) : '';
    return shas.every((_, n) => said.includes(`Change ${n + 1}`));
  });
});

test('every: each of them has a card', async () => {
  await open('every');
  await burst(4);
  expect((await titles()).sort()).toEqual(['Change 1', 'Change 2', 'Change 3', 'Change 4']);
});

test('newest: one that was overtaken and is asked for all the same gets its card', async () => {
  await open('newest');
  const [older = '', newest = ''] = await burst(2);
  await card(team, newest, ['passed staging'], ['Deploy', 'What ships']);
  await quiet(team);
  await team.slack.command({ user: ALICE, channel: SHOP, text: `deploy shop ${short(older)}` });
  const row = await stands(team, older, 'deploying');
  await card(team, older, ['deploying'], ['Cancel']);
  await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
  await card(team, older, ['live'], []);
});

test('newest: a change that failed staging needs its author, and has a card unless a newer one passed', async () => {
  await open('newest');
  team.slack.fail('chat.postMessage', { kind: 'error', error: 'ratelimited', retryAfter: 1 }, Number.POSITIVE_INFINITY);
  const mended = await team.github.land('acme/shop', { title: 'Broken', author }, { conclusion: 'failure' });
  const passed = await land(team, 'Mended');
  const broken = await team.github.land('acme/shop', { title: 'Broken again', author }, { conclusion: 'failure' });
  await refused(broken.sha);
  team.slack.clearFaults();
  await card(team, broken.sha, ['failed staging'], ['Re-run']);
  await card(team, passed, ['passed staging'], ['Deploy', 'What ships']);
  expect(await titles()).not.toContain('Broken');
  expect(mended.sha).not.toBe(broken.sha);
});

describe('decisions, where changes deploy by themselves', () => {
  beforeEach(() => open('decisions', '    mode: continuous\n    hold: 1s'));

  test('the first, for which nothing is live, waits for a person; the next has its card once it is live', async () => {
    const first = await land(team, 'Begin');
    await card(team, first, ['passed staging'], ['Deploy', 'What ships']);
    const run = await start(team, ALICE, first);
    await team.github.completeRun(run, { conclusion: 'success' });
    await card(team, first, ['live'], []);
    const second = await land(team, 'Add prices');
    const row = await stands(team, second, 'deploying', 30_000);
    expect(await titles()).toEqual(['Begin']);
    await team.github.completeRun(Number(row.run_id), { conclusion: 'success' });
    await card(team, second, ['live'], ['Roll back']);
  });

  test('one that fails in production has its card, with Retry and Roll back', async () => {
    await release(team, await land(team, 'Begin'));
    const second = await land(team, 'Add prices');
    const row = await stands(team, second, 'deploying', 30_000);
    await team.github.completeRun(Number(row.run_id), { conclusion: 'failure' });
    const failed = await card(team, second, ['failed in production'], ['Retry', 'Roll back', 'Resume']);
    expect(failed.words).toContain('Add prices');
  });
});

test('decisions: while production is locked nothing waits for a person; the card comes when it is unlocked', async () => {
  await open('decisions');
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'lock shop broken tests' });
  const sha = await land(team);
  expect(await titles()).toEqual([]);
  await team.slack.command({ user: ALICE, channel: SHOP, text: 'unlock shop' });
  await card(team, sha, ['passed staging'], ['Deploy', 'What ships']);
});
