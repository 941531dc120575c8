import type { Browser } from 'playwright-core';
import { findChromium, startChromium } from '../../sandbox/tour/browser.js';
import { type RunningDemo, runDemo } from '../support/demo.js';
import { DESK, PHONE, visit } from './chromium.js';
import { buttonsOf, hands } from './hands.js';

/** A person walks through the demo in a real browser. */

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
  ['a desk, in the light', DESK],
  ['a phone, in the dark', PHONE],
])(
  'a change is pushed, deployed and live, and who may not deploy is told why, at %s',
  async (_, screen) => {
    const { page, isSound } = await visit(browser, await demo.address(), { screen, tour: true });
    const my = hands(page);
    const alone = page.getByRole('article', { name: 'only visible to you' });
    const dialog = page.locator('dialog');
    const be = async (name: string) => {
      await page.locator('[popovertarget="people"].who').click();
      await isSound(`people before ${name}`);
      await page.getByRole('button', { name }).click();
      await page.locator('.who').getByText(name).waitFor();
    };

    await page.getByRole('button', { name: 'Look around' }).click();
    await page.getByText('Nothing to release yet').waitFor();
    await isSound('empty');
    const sha = await my.push();
    const card = await my.says(sha, 'passed staging');
    await isSound('passed');

    await be('Bob');
    await my.press(sha, 'Deploy');
    await alone.getByText('not a deployer').waitFor();
    expect(await alone.textContent()).toContain('Only visible to you');
    await isSound('refused');

    await be('Alice');
    await alone.waitFor({ state: 'detached' });
    await card.getByRole('button', { name: 'What ships' }).click();
    await dialog.getByText('first deployment').waitFor();
    await isSound('what ships');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });

    await card.getByRole('button', { name: 'Deploy', exact: true }).click();
    await dialog.getByText(`Deploy shop ${sha.slice(0, 7)}`).waitFor();
    await isSound('confirm');
    await dialog.getByRole('button', { name: 'Not now' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await my.productionRuns(sha)).toEqual([]);
    await my.press(sha, 'Deploy');
    await my.says(sha, 'deploying');
    await my.says(sha, /^live$/);
    expect(await buttonsOf(card)).toEqual([]);
    expect(await my.productionRuns(sha)).toHaveLength(1);
    await my.side('Behind the scenes');
    await page.locator('.ledger').getByText('not a deployer').waitFor();
    await isSound('behind');

    await my.side('Slack');
    const composer = page.getByRole('combobox');
    await composer.fill('/release status');
    await page.getByRole('button', { name: 'Send' }).click();
    await alone.getByText('live').first().waitFor();
    expect(await composer.inputValue()).toBe('');
    await isSound('status');
  },
  120_000,
);
