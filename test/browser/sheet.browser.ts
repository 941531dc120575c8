import type { Browser } from 'playwright-core';
import { type ServedSheet, SHEET_TIME, serveSheet } from '../../sandbox/sheet/serve.js';
import { findChromium, startChromium } from '../../sandbox/tour/browser.js';
import { visit } from './chromium.js';

/** Each card of the sheet, as everybody may see it: on a phone and at a desk, by day and by night. */

let sheet: ServedSheet;
let browser: Browser;
beforeAll(async () => {
  sheet = await serveSheet();
  browser = await startChromium(findChromium());
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await sheet.stop();
});

test.each([
  ['a phone', { width: 390, height: 844 }],
  ['a desk', { width: 1_100, height: 800 }],
])(
  'each card of the sheet is sound on %s, in the light and in the dark',
  async (_, size) => {
    const { page, isSound, unsoundIn } = await visit(browser, sheet.address, {
      screen: { ...size, colorScheme: 'light' },
      prepare: (page) => page.clock.setFixedTime(SHEET_TIME),
    });
    const found: [string, string[]][] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const { name, selector } of sheet.cards) {
        const screen = `${name} ${size.width} ${colorScheme}`;
        found.push([screen, await unsoundIn(selector, screen)]);
      }
    }
    expect(found.filter(([, problems]) => problems.length > 0)).toEqual([]);
    expect(found).toHaveLength(2 * sheet.cards.length);
    await isSound('sheet');
  },
  240_000,
);
