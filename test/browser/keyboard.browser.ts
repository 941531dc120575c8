import type { Browser, Page } from 'playwright-core';
import { findChromium, startChromium } from '../../sandbox/tour/browser.js';
import { type RunningDemo, runDemo } from '../support/demo.js';
import { DESK, visit } from './chromium.js';
import { hands } from './hands.js';

/** Somebody without a mouse. */

let demo: RunningDemo;
let browser: Browser;
beforeAll(async () => {
  demo = await runDemo();
  browser = await startChromium(findChromium());
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await demo.stop();
});

/** The name of what has the focus, as a screen reader would begin to say it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const at = document.activeElement;
    const named = at.getAttribute('aria-labelledby');
    const words = at.ariaLabel ?? (named ? document.getElementById(named).innerText : at.labels?.[0]?.innerText ?? at.innerText ?? '');
    return at === document.body ? 'nothing' : words.replace(/\\s+/g, ' ').trim();
  })()`);

async function tabs(page: Page, count: number): Promise<string[]> {
  const stops: string[] = [];
  for (let stop = 0; stop < count; stop += 1) {
    await page.keyboard.press('Tab');
    stops.push(await focused(page));
  }
  return stops;
}

test('Tab goes through the page in the order of reading, and what has the focus is marked', async () => {
  const { page } = await visit(browser, await demo.address());
  await page.getByRole('button', { name: 'Tour', exact: true }).focus();
  expect(await tabs(page, 12)).toEqual([
    'A You are Alice, deployer',
    '# shop',
    '# releases',
    'Pushbutton',
    '# shop',
    'Push a change to shop',
    'Message #shop',
    'shop',
    'Push a change',
    'One that fails',
    'Three in a row',
    'GitHub',
  ]);
  const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
  expect(outline).toBe('solid');
}, 120_000);

test('a change is deployed by keys alone: the question keeps the focus and gives it back', async () => {
  const { page } = await visit(browser, await demo.address());
  const my = hands(page);
  await page.getByRole('button', { name: 'Push a change', exact: true }).focus();
  await page.keyboard.press('Enter');
  const [newest] = (await my.state()).changes;
  const card = await my.says(newest?.sha ?? '', 'passed staging');
  const deploy = card.getByRole('button', { name: 'Deploy', exact: true });
  await deploy.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  const stops = await tabs(page, 4);
  expect(new Set(stops.filter((stop) => stop !== 'nothing'))).toEqual(new Set(['Not now', 'Deploy']));
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await focused(page)).toBe('Deploy');
  expect(await my.productionRuns(newest?.sha ?? '')).toEqual([]);

  await card.getByRole('button', { name: 'What ships' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'What ships' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await focused(page)).toBe('What ships');

  await deploy.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Deploy' }).focus();
  await page.keyboard.press('Enter');
  await deploy.waitFor({ state: 'detached' });
  expect(await focused(page)).toBe('Pushbutton');
  await my.says(newest?.sha ?? '', /^live$/);
}, 120_000);

test('/release completes: commands, services and SHAs, by arrows, Tab, Enter and Escape', async () => {
  const { page, isSound } = await visit(browser, await demo.address(), { screen: { ...DESK, colorScheme: 'dark' } });
  const my = hands(page);
  const sha = (await my.push()).slice(0, 7);
  const composer = page.getByRole('combobox');
  const chosen = page.getByRole('option', { selected: true });
  const offered = page.getByRole('option');
  await composer.focus();
  await page.keyboard.type('/r');
  await page.keyboard.press('Enter');
  expect(await composer.inputValue()).toBe('/release ');
  await offered.filter({ hasText: 'status [SERVICE]' }).waitFor();
  expect(await chosen.count()).toBe(0);
  await isSound('commands complete');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  expect(await chosen.textContent()).toContain('deploy SERVICE');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  expect(await composer.inputValue()).toBe('/release deploy ');
  await page.keyboard.type('sh');
  expect(await chosen.textContent()).toContain('acme/shop');
  await page.keyboard.press('Tab');
  expect(await composer.inputValue()).toBe('/release deploy shop ');
  await page.keyboard.type(sha.slice(0, 3));
  await page.keyboard.press('Enter');
  expect(await composer.inputValue()).toBe(`/release deploy shop ${sha}`);

  await composer.fill('/release status');
  await offered.first().waitFor();
  await page.keyboard.press('Escape');
  await offered.first().waitFor({ state: 'detached' });
  expect(await composer.inputValue()).toBe('/release status');
  await page.keyboard.press('Enter');
  await page.getByRole('article', { name: 'only visible to you' }).first().waitFor();
  expect(await focused(page)).toBe('Message #shop');
}, 120_000);

test('who I am and the tabs are chosen by keys', async () => {
  const { page } = await visit(browser, await demo.address());
  const who = page.locator('.who');
  await who.focus();
  await page.keyboard.press('Enter');
  await page.getByText('Be somebody else').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Be somebody else').waitFor({ state: 'hidden' });
  expect(await focused(page)).toBe('A You are Alice, deployer');
  await page.keyboard.press('Enter');
  await tabs(page, 3);
  await page.keyboard.press('Enter');
  await who.getByText('Bob').waitFor();

  await page.getByRole('tab', { name: 'GitHub' }).focus();
  await page.keyboard.press('ArrowRight');
  expect(await focused(page)).toBe('Break it');
  await page.getByText('Two replicas of the bot').waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.getByText('Commits on main').waitFor();
}, 120_000);
