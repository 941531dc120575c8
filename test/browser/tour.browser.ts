import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { findChromium, startChromium } from '../../sandbox/tour/browser.js';
import { play } from '../../sandbox/tour/play.js';
import { type RunningDemo, runDemo } from '../support/demo.js';
import { documents } from '../support/documents.js';
import { DESK, PHONE, visit } from './chromium.js';

/** A visitor takes the tour: each moment points at what to press, and goes on when that has happened. */

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

const MOMENTS = [
  'push',
  'staging',
  'deploy',
  'confirm',
  'live',
  'break',
  'push again',
  'staging again',
  'deploy again',
  'confirm',
  'failing',
  'roll back',
  'confirm',
  'rolled back',
  'ask',
  'end',
];

test.each([
  ['at a desk, in the light', DESK],
  ['on a phone, in the dark', PHONE],
])(
  'the tour is taken %s, from a change that arrives to the answer to status, and every screen is sound',
  async (_, screen) => {
    const { page, isSound } = await visit(browser, await demo.address(), { screen, tour: true });
    const seen: string[] = [];
    await isSound('offer');
    await play(page, async (moment) => {
      seen.push(moment);
      // What moves by itself is over before it was looked at.
      if (!/^(staging|live|failing|rolled)/.test(moment)) await isSound(`${seen.length} ${moment}`);
    });
    expect(seen).toEqual(MOMENTS);
    const runs = page.locator('[data-workflow="production"]');
    await page.getByRole('tab', { name: 'GitHub' }).click();
    const states = await Promise.all([0, 1, 2].map((index) => runs.nth(index).getAttribute('data-state')));
    expect(states).toEqual(['success', 'failure', 'success']);

    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('region', { name: 'Tour' }).waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('button', { name: 'Tour', exact: true }).waitFor();
    expect(await page.getByRole('region', { name: 'Tour' }).count()).toBe(0);
  },
  120_000,
);

test('the tour pushes to shop, whatever was chosen before', async () => {
  const { page } = await visit(browser, await demo.address(), { tour: true });
  await page.getByRole('radio', { name: 'pay' }).check();
  await page.getByRole('button', { name: 'Take the tour' }).click();
  await page.locator('[data-moment="push"]').waitFor();
  expect(await page.getByRole('radio', { name: 'shop' }).isChecked()).toBe(true);
}, 120_000);

test('the tour goes on where it was after a reload, can be skipped, and begins again', async () => {
  const { page } = await visit(browser, await demo.address(), { tour: true });
  await page.getByRole('button', { name: 'Take the tour' }).click();
  await page.locator('[data-moment="push"]').waitFor();
  await page.locator('[data-pointed-at]').click();
  await page.locator('[data-moment="staging"]').waitFor();
  await page.reload();
  await page.locator('[data-moment="deploy"]').waitFor();
  await page.getByRole('button', { name: 'Skip the tour' }).click();
  expect(await page.getByRole('region', { name: 'Tour' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Tour', exact: true }).click();
  await page.locator('[data-moment="push"]').waitFor();
}, 120_000);

test('npm run demo -- --tour plays it by itself, leaves the pictures that the documents show, and ends', async () => {
  const alone = await runDemo({ args: ['--port', '0', '--tour'] });
  try {
    expect({ code: await alone.ended, ...alone.said() }).toMatchObject({ code: 0, stderr: '' });
    const taken = readdirSync(path.join(alone.folder, 'docs/pictures'));
    expect(taken.sort()).toEqual([...new Set(documents.flatMap(({ text }) => picturesIn(text)))].sort());
    expect(alone.said().stdout).toContain('the tour is over; docs/pictures holds ');
    for (const name of taken) {
      const picture = readFileSync(path.join(alone.folder, 'docs/pictures', name));
      expect(picture.subarray(1, 4).toString()).toBe('PNG');
      // Width and height stand right after the name of the first chunk.
      const [width, height] = [16, 20].map((at) => picture.readUInt32BE(at));
      const committed = readFileSync(path.join('docs/pictures', name));
      expect({ name, width, height: height !== 0 }).toEqual({ name, width: committed.readUInt32BE(16), height: true });
    }
  } finally {
    await alone.stop();
  }
}, 180_000);

const picturesIn = (text: string) => [...text.matchAll(/pictures\/([a-z]+\.png)/g)].map(([, name]) => name ?? '');
