import type { Browser } from 'playwright-core';
import { findChromium, startChromium } from '../../sandbox/tour/browser.js';
import { type RunningDemo, runDemo } from '../support/demo.js';
import { until } from '../support/until.js';
import { type Screen, type Visit, visit } from './chromium.js';
import { buttonsOf, hands } from './hands.js';

/** A visitor tries each control of the page, on this screen, and sees the promise hold. */
export function controls(screen: Screen): void {
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
  const live = async (sha: string) => {
    await my.says(sha, /^live$/);
    expect((await my.productionRuns(sha)).filter(({ state }) => state === 'success')).toHaveLength(1);
  };

  tries('a failing change: its card names the job, carries no Deploy, and Re-run mends it', async () => {
    const sha = await my.push('One that fails');
    const card = await my.says(sha, 'failed staging');
    expect(await buttonsOf(card)).toEqual(['Re-run']);
    await visitor.isSound('failed staging');
    await my.press(sha, 'Re-run');
    await my.says(sha, 'passed staging');
  });

  tries('three in a row: only the newest carries Deploy, and ships all of them', async () => {
    const before = (await my.state()).changes.length;
    const sha = await my.push('Three in a row');
    await until('three are pushed', async () => (await my.state()).changes.length === before + 3);
    await my.says(sha, 'passed staging');
    const [, second, third] = (await my.state()).changes;
    for (const older of [second, third]) {
      const card = await my.says(older?.sha ?? '', `superseded by`);
      expect(await card.getByRole('button').count()).toBe(0);
    }
    await my.press(sha, 'Deploy');
    await live(sha);
    await visitor.isSound('three in a row');
  });

  tries('production fails: once, the card says so, what was live stays live, and Retry is a new run', async () => {
    await my.turn('Production fails', 'on');
    await visitor.isSound('a fault is on');
    const before = (await my.state()).changes.find((change) => change.live)?.sha;
    const sha = await my.push();
    await my.press(sha, 'Deploy');
    const card = await my.says(sha, 'failed in production');
    expect(await buttonsOf(card)).toEqual(['Retry', 'Roll back']);
    expect((await my.state()).changes.find((change) => change.live)?.sha).toBe(before);
    expect(await my.isOn('Production fails')).toBe(false);
    await my.press(sha, 'Retry');
    await live(sha);
    expect(await my.productionRuns(sha)).toHaveLength(2);
  });

  tries("GitHub's answer is lost: the card says unknown, and there is one run", async () => {
    await my.turn("GitHub's answer is lost", 'on');
    const sha = await my.push();
    await my.press(sha, 'Deploy');
    await my.says(sha, 'unknown, looking it up');
    await visitor.isSound('unknown');
    await live(sha);
    expect(await my.productionRuns(sha)).toHaveLength(1);
  });

  tries('GitHub is down: the press is kept, and goes on by itself when GitHub is back', async () => {
    const sha = await my.push();
    await my.says(sha, 'passed staging');
    await my.turn('GitHub is down', 'on');
    await my.press(sha, 'Deploy');
    await my.says(sha, /GitHub does not answer|GitHub did not answer|GitHub has not said/);
    await visitor.isSound('GitHub is down');
    await my.turn('GitHub is down', 'off');
    await live(sha);
    expect(await my.productionRuns(sha)).toHaveLength(1);
  });

  tries('webhooks are lost: the card comes all the same', async () => {
    await my.turn('Webhooks are lost', 'on');
    const sha = await my.push();
    await my.says(sha, 'passed staging');
    expect(await my.met('Webhooks are lost')).toBeGreaterThan(1);
    await my.tab('Break it');
    await visitor.page.getByText(/Met \d+ times so far/).waitFor();
    await visitor.isSound('webhooks are lost');
    await my.turn('Webhooks are lost', 'off');
  });

  tries('Slack throttles: the deployment goes on, and its card catches up', async () => {
    const sha = await my.push();
    await my.says(sha, 'passed staging');
    await my.turn('Slack throttles', 'on');
    await my.press(sha, 'Deploy');
    await until(
      'production ends while Slack refuses cards',
      async () => (await my.productionRuns(sha)).some(({ state }) => state === 'success'),
      30_000,
    );
    await live(sha);
    expect(await my.met('Slack throttles')).toBeGreaterThan(0);
  });

  tries('a replica is killed in the middle of a deployment: the other goes on, and there is one run', async () => {
    const sha = await my.push();
    await my.press(sha, 'Deploy');
    await my.tab('Break it');
    const receives = visitor.page.locator('.replicas li', { hasText: 'Slack and GitHub call it' });
    const killed = (await receives.locator('strong').textContent()) ?? '';
    await visitor.page.getByRole('button', { name: 'Kill this replica' }).click();
    await receives.filter({ hasNotText: killed }).waitFor();
    await visitor.isSound('a replica is killed');
    await live(sha);
    expect(await my.productionRuns(sha)).toHaveLength(1);
    await my.tab('Break it');
    await visitor.page.locator('.replicas li', { hasText: killed }).getByText('running').waitFor({ timeout: 30_000 });
  });

  tries('the clock is put forward: what is shown follows it, and the digest of the next morning comes', async () => {
    const { page } = visitor;
    await my.tab('Break it');
    const clock = page.getByRole('region', { name: 'Clock' });
    const shows = async () => Date.parse((await clock.locator('time').getAttribute('datetime')) ?? '');
    const moves = async (button: string, leastMs: number) => {
      const before = await shows();
      await clock.getByRole('button', { name: button }).focus();
      await page.keyboard.press('Enter');
      await until(`${button} moves the clock`, async () => (await shows()) >= before + leastMs);
    };
    await moves('5 min on', 5 * 60_000);
    await moves('1 h on', 3_600_000);
    await moves('Next day 09:00', 60_000);
    expect(await clock.locator('strong').textContent()).toMatch(/^09:0\d$/);
    await visitor.isSound('the clock is moved');
    await my.side('Slack');
    const digest = page.locator('.message', { hasText: /digest/i });
    await digest.first().waitFor();
    expect(await digest.first().locator('time').first().textContent()).toMatch(/^09:0\d$/);
    const sha = await my.push();
    await my.press(sha, 'Deploy');
    await live(sha);
    await visitor.isSound('the next morning');
  });
}
