import fs from 'node:fs/promises';
import path from 'node:path';
import { findChromium, startChromium } from '../tour/browser.js';
import { SHEET_TIME, serveSheet } from './serve.js';

/** A phone's width. Its height is never reached: each card is a picture of its own. */
const PHONE = { width: 390, height: 900 } as const;

/**
 * Draws every card of the sheet on a phone's width, as the demo's page draws it, and saves a picture of each, as PNG, in
 * `pictures`. Resolves to their names. Rejects with a sentence if there is no Chromium.
 */
export async function drawSheet(pictures: string, scheme: 'light' | 'dark' = 'light'): Promise<string[]> {
  const browser = await startChromium(findChromium());
  const { address, cards, stop } = await serveSheet();
  try {
    await fs.mkdir(pictures, { recursive: true });
    const seen = await browser.newPage({
      ...{ viewport: PHONE, reducedMotion: 'reduce', locale: 'en-GB' },
      ...{ timezoneId: 'Europe/Berlin', colorScheme: scheme },
    });
    await seen.clock.setFixedTime(SHEET_TIME);
    await seen.goto(`${address}/?user=U0ALICE&at=C0SHOP`);
    await seen.getByRole('button', { name: 'Look around' }).click();
    await seen.evaluate('document.fonts.ready');
    for (const { name, selector } of cards) {
      await seen.locator(selector).screenshot({ path: path.join(pictures, `${name}.png`) });
    }
    return cards.map(({ name }) => `${name}.png`);
  } finally {
    await browser.close();
    await stop();
  }
}
