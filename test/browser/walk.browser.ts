import fs from 'node:fs/promises';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type RunningDemo, runDemo } from '../support/demo.js';

/** A person walks through the demo in a real browser. Pictures of each step go to SCREENSHOTS where that is set. */

const flags =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';
const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
const pictures = process.env.SCREENSHOTS;

let demo: RunningDemo;
let browser: Browser;
beforeEach(async () => {
  demo = await runDemo();
  browser = await chromium.launch({ executablePath, args: flags.split(' ') });
}, 60_000);
afterEach(async () => {
  await browser?.close();
  await demo.stop();
});

test.each([
  { width: 1280, height: 800, colorScheme: 'light' as const },
  { width: 390, height: 844, colorScheme: 'dark' as const },
])(
  'a change is pushed, deployed and live, and who may not deploy is told why, at $width px',
  async ({ width, height, colorScheme }) => {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.setDefaultTimeout(15_000);
    const picture = (name: string) => take(page, `${width}-${name}`);
    const card = page.locator('article').first();
    const alone = page.locator('article.alone');
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const dialog = page.locator('#confirm');

    await page.goto(await demo.address());
    await page.getByText('Nothing here yet').waitFor();
    await picture('empty');
    await button('Push a change').click();
    await card.getByText('passed staging').waitFor();
    await picture('passed');

    await page.getByLabel('You are').selectOption({ label: 'Bob, may not deploy' });
    await card.getByRole('button', { name: 'Deploy', exact: true }).click();
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
    await alone.getByText('not a deployer').waitFor();
    expect(await alone.textContent()).toMatch(/^Only visible to you/);
    await picture('refused');

    await page.getByLabel('You are').selectOption({ label: 'Alice, may deploy' });
    await alone.waitFor({ state: 'detached' });
    await card.getByRole('button', { name: 'What ships' }).click();
    await page.locator('#modal').getByText('first deployment').waitFor();
    await picture('what-ships');
    await page.locator('#modal').getByRole('button', { name: 'Close' }).click();
    await page.locator('#modal').waitFor({ state: 'hidden' });

    await card.getByRole('button', { name: 'Deploy', exact: true }).click();
    await dialog.getByText('Deploy shop').waitFor();
    await picture('confirm');
    await dialog.getByRole('button', { name: 'Not now' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await card.getByRole('button', { name: 'Deploy', exact: true }).click();
    await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
    await card.getByText('deploying').waitFor();
    await picture('deploying');
    await card.getByText('live', { exact: true }).waitFor();
    expect(await card.getByRole('button').allInnerTexts()).toEqual([]);
    await page.locator('#runs').getByText('production #1').waitFor();
    expect(await page.locator('#runs li', { hasText: 'production' }).count()).toBe(1);
    await page.locator('#ledger').getByText('refused').waitFor();

    await page.getByLabel('Message').fill('/release status');
    await button('Send').click();
    await alone.getByText('live').first().waitFor();
    expect(await alone.textContent()).toMatch(/^Only visible to you/);
    expect(await page.getByLabel('Message').inputValue()).toBe('');
    await picture('status');

    await button('Push a failing change').click();
    const failed = page.locator('article', { hasText: 'failed staging' });
    await failed.getByRole('button', { name: 'Re-run' }).click();
    await page.locator('article', { hasText: 'passed staging' }).waitFor();
    await picture('re-run');

    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBe(0);
    expect(complaints).toEqual([]);
  },
  90_000,
);

async function take(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  await fs.mkdir(pictures, { recursive: true });
  await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
}
