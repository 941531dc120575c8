import type { Browser } from 'playwright-core';
import { findChromium, startChromium } from '../../sandbox/tour/browser.js';
import { type RunningDemo, runDemo } from '../support/demo.js';
import { until } from '../support/until.js';
import { DESK, PHONE, visit } from './chromium.js';
import { hands } from './hands.js';

/** The workspace around the cards: channels, the app, people; and a page that outlives its demo. */

let demo: RunningDemo;
let browser: Browser;
beforeEach(async () => {
  demo = await runDemo();
  browser = await startChromium(findChromium());
}, 120_000);
afterEach(async () => {
  await browser?.close();
  await demo.stop();
});

test.each([
  ['a desk, in the dark', { ...DESK, colorScheme: 'dark' as const }],
  ['a phone, in the light', { ...PHONE, colorScheme: 'light' as const }],
])(
  'news elsewhere is marked until it is looked at, and the Home tab leads to the card, at %s',
  async (_, screen) => {
    const { page, isSound } = await visit(browser, await demo.address(), { screen });
    const my = hands(page);
    const workspace = page.getByRole('navigation', { name: 'Workspace' });
    await workspace.getByRole('button', { name: 'releases' }).click();
    await my.push('Three in a row');
    await workspace.getByRole('button', { name: /shop 3 new/ }).waitFor();
    expect(await page.title()).toBe('(3) #releases · Pushbutton demo');
    await isSound('unread');

    await workspace.getByRole('button', { name: 'Pushbutton' }).click();
    await page.getByText('Pushbutton writes here').waitFor();
    await isSound('messages of the app');
    await page.getByRole('button', { name: 'Home', exact: true }).click();
    const home = page.getByRole('region', { name: 'Home of Pushbutton' });
    await home.getByRole('heading', { name: '1 change waits for Deploy' }).waitFor();
    await isSound('home');
    await page.reload();
    await home.getByRole('heading', { name: '1 change waits for Deploy' }).waitFor();
    await home.getByRole('button', { name: 'card' }).first().click();
    await page.getByRole('log').getByText('passed staging').waitFor();
    expect(await workspace.getByText('new').count()).toBe(0);
    expect(await page.title()).toBe('#shop · Pushbutton demo');
    await workspace.getByRole('button', { name: 'releases' }).click();
    await page.getByRole('heading', { name: '# releases' }).waitFor();
    expect(await workspace.getByText('new').count()).toBe(0);
  },
  120_000,
);

test('several changes are deployed from the Home tab, each by its own button, and the page follows by itself', async () => {
  const { page, isSound } = await visit(browser, await demo.address());
  const my = hands(page);
  const first = await my.push();
  await my.says(first, 'passed staging');
  await my.pushesTo('search');
  const second = await my.push();
  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('button', { name: 'Pushbutton' }).click();
  await page.getByRole('button', { name: 'Home', exact: true }).click();
  const home = page.getByRole('region', { name: 'Home of Pushbutton' });
  await home.getByRole('heading', { name: '2 changes wait for Deploy' }).waitFor({ timeout: 40_000 });
  await isSound('home with two decisions');
  await home.getByRole('button', { name: 'Deploy', exact: true }).nth(1).click();
  await page.locator('dialog.confirm').getByRole('button').last().click();
  await home.getByRole('heading', { name: '1 change waits for Deploy' }).waitFor({ timeout: 40_000 });
  await until('search is deployed', async () => (await my.productionRuns(second)).length === 1);
  expect(await my.productionRuns(first)).toEqual([]);
}, 120_000);

test('the menu of a card answers why it is not live', async () => {
  const { page, isSound } = await visit(browser, await demo.address());
  const my = hands(page);
  const sha = await my.push();
  const card = await my.says(sha, 'passed staging');
  await card.getByLabel('More actions').click();
  await isSound('the menu of a card');
  await card.getByRole('button', { name: 'Why is this not live?' }).click();
  await page.getByText('can be deployed by you now').waitFor({ timeout: 40_000 });
}, 120_000);

test('a guest and a stranger see the cards, and what they press is refused to them alone', async () => {
  const { page, isSound } = await visit(browser, await demo.address());
  const my = hands(page);
  const sha = await my.push();
  await my.says(sha, 'passed staging');
  for (const [name, why] of [
    ['Gus', 'guest'],
    ['Sam', 'another'],
    ['Erin', 'not a deployer'],
  ] as const) {
    await page.locator('.who').click();
    await page.getByRole('button', { name }).click();
    await page.locator('.who').getByText(name).waitFor();
    await my.press(sha, 'Deploy');
    await page.getByRole('article', { name: 'only visible to you' }).getByText(why).first().waitFor();
    await isSound(`refused ${name}`);
  }
  expect(await my.productionRuns(sha)).toEqual([]);
}, 120_000);

test('a page that is loaded again in the middle shows the same person, place and card', async () => {
  const { page } = await visit(browser, await demo.address());
  const my = hands(page);
  const sha = await my.push();
  await my.press(sha, 'Deploy');
  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('button', { name: 'releases' }).click();
  await page.locator('.who').click();
  await page.getByRole('button', { name: 'Dave' }).click();
  await page.locator('.who').getByText('Dave').waitFor();
  await page.reload();
  await page.locator('.who').getByText('Dave').waitFor();
  await page.getByRole('heading', { name: '# releases' }).waitFor();
  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('button', { name: 'shop' }).click();
  await my.says(sha, /^live$/);
  expect(await my.productionRuns(sha)).toHaveLength(1);
}, 120_000);

test('a demo that ended is told, and the page goes on when there is one again', async () => {
  const address = await demo.address();
  const { page } = await visit(browser, address);
  const silence = page.getByRole('alert').getByText('The demo does not answer');
  const sha = await hands(page).push();
  await hands(page).says(sha, 'passed staging');
  await page.getByRole('button', { name: 'What ships' }).click();
  const modal = page.getByRole('dialog', { name: 'What ships' });
  await modal.waitFor();
  demo.process.kill('SIGKILL');
  await silence.waitFor();
  // It stands above the modal, which can be closed all the same.
  expect(
    await page.evaluate(`(() => {
    const note = document.querySelector('.trouble').getBoundingClientRect();
    return document.querySelector('.trouble').matches(':popover-open') && note.height > 0;
  })()`),
  ).toBe(true);
  await modal.getByRole('button', { name: 'Close' }).click();
  await modal.waitFor({ state: 'detached' });
  await hands(page).says(sha, 'passed staging');
  await page.getByRole('button', { name: 'Push a change', exact: true }).click();
  await silence.waitFor();

  const again = await runDemo({ folder: demo.folder, args: ['--port', new URL(address).port] });
  try {
    await again.address();
    await page.getByText('Nothing to release yet').waitFor({ timeout: 30_000 });
    await silence.waitFor({ state: 'hidden' });
    await hands(page).says(await hands(page).push(), 'passed staging');
  } finally {
    await again.stop();
  }
}, 120_000);
