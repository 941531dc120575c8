import type { Browser } from 'playwright-core';
import { findChromium, startChromium } from '../../sandbox/tour/browser.js';
import { type RunningDemo, runDemo } from '../support/demo.js';
import { type Screen, type Visit, visit } from './chromium.js';
import { buttonsOf, hands } from './hands.js';

/** A visitor tries the rules of a release by hand, on this screen: approvals, gates, and a service that deploys itself. */
export function rules(screen: Screen): void {
  let demo: RunningDemo;
  let browser: Browser;
  let visitor: Visit;
  let my: ReturnType<typeof hands>;
  beforeAll(async () => {
    demo = await runDemo();
    browser = await startChromium(findChromium());
    visitor = await visit(browser, await demo.address(), { screen });
    my = hands(visitor.page);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await demo.stop();
  });
  const tries = (what: string, scenario: () => Promise<void>) => test(what, scenario, 120_000);
  const told = (words: string | RegExp) =>
    visitor.page.getByRole('article', { name: 'only visible to you' }).getByText(words).last().waitFor();

  tries(
    'pay waits for an approval: who may not give it is told who may, a lead gives it, and then it ships',
    async () => {
      await my.opens('releases');
      await my.pushesTo('pay');
      const sha = await my.push();
      await my.press(sha, 'Deploy');
      const card = await my.says(sha, 'waiting for approval');
      expect(await buttonsOf(card)).toEqual(['Approve', 'Reject', 'Withdraw']);
      await visitor.isSound('waiting for approval');
      await my.press(sha, 'Approve');
      await told('You are not an approver');
      await my.is('Erin');
      await my.press(sha, 'Approve');
      await my.says(sha, /^live$/);
      await my.says(sha, 'Approved by');
      expect(await my.productionRuns(sha)).toHaveLength(1);
      await visitor.isSound('approved and live');
    },
  );

  tries('a lead rejects: the modal asks why, the card says it, and Deploy is back', async () => {
    const { page } = visitor;
    await my.is('Alice');
    const sha = await my.push();
    await my.press(sha, 'Deploy');
    await my.says(sha, 'waiting for approval');
    await my.is('Faye');
    await my.press(sha, 'Reject');
    const modal = page.getByRole('dialog', { name: 'Reject' });
    await modal.getByRole('button', { name: 'Reject' }).click();
    await modal.getByText('Please complete this required field.').waitFor();
    await visitor.isSound('the reason is missing');
    await modal.getByLabel('Reason').fill('  ');
    await modal.getByRole('button', { name: 'Reject' }).click();
    await modal.getByText('Enter a reason; the requester will see it.').waitFor();
    await modal.getByLabel('Reason').fill('Not before the fair');
    await modal.getByRole('button', { name: 'Reject' }).click();
    await modal.waitFor({ state: 'detached' });
    const card = await my.says(sha, /Not before the fair/);
    expect(await buttonsOf(card)).toEqual(['Deploy', 'What ships']);
    expect(await my.productionRuns(sha)).toEqual([]);
    await visitor.isSound('rejected');
  });

  tries(
    'docs deploys itself: its card counts down, the clock is put forward, and it is live without a press',
    async () => {
      await my.is('Alice');
      await my.pushesTo('docs');
      const first = await my.push();
      await my.press(first, 'Deploy');
      await my.says(first, /^live$/);
      const sha = await my.push();
      const card = await my.says(sha, 'deploying in');
      expect(await buttonsOf(card)).toEqual(['Hold', 'Deploy now', 'What ships']);
      await visitor.isSound('deploying in');
      expect(await my.productionRuns(sha)).toEqual([]);
      await my.tab('Break it');
      for (const _ of [1, 2]) await my.presses('5 min on');
      await my.says(sha, /^live$/);
      expect(await my.productionRuns(sha)).toHaveLength(1);
    },
  );

  tries('a lock takes Deploy away and says whose it is and why; unlocked, the card offers it again', async () => {
    await my.opens('shop');
    await my.pushesTo('shop');
    const sha = await my.push();
    await my.says(sha, 'passed staging');
    await my.types('/release lock shop for 2h Fair week');
    const card = await my.says(sha, /Fair week/);
    await card.getByRole('button', { name: 'Deploy' }).waitFor({ state: 'detached' });
    await visitor.isSound('locked');
    await my.types('/release unlock shop');
    await my.press(sha, 'Deploy');
    await my.says(sha, /^live$/);
  });
}
