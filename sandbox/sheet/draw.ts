import fs from 'node:fs/promises';
import path from 'node:path';
import { cardMessage } from '../../src/slack/views/card.js';
import type { Feed } from '../demo/feed.js';
import { close, listen } from '../demo/listen.js';
import { createPage } from '../demo/page.js';
import type { Item, Shown } from '../demo/shown.js';
import type { Scene } from '../demo/state.js';
import { PEOPLE } from '../demo/team.js';
import { findChromium, startChromium } from '../tour/browser.js';
import { SHEET } from './cards.js';

/** A phone's width. Its height is never reached: each card is a picture of its own. */
const PHONE = { width: 390, height: 900 } as const;
const CHANNEL = 'C0SHOP';
const BOT = 'U0PUSHBUTTON';

/**
 * Draws every card of the sheet on a phone's width, as the demo's page draws it, and saves a picture of each, as PNG, in
 * `pictures`. Resolves to their names. Rejects with a sentence if there is no Chromium.
 */
export async function drawSheet(pictures: string, scheme: 'light' | 'dark' = 'light'): Promise<string[]> {
  const browser = await startChromium(findChromium());
  const page = createPage();
  const address = await listen(page.server, 0);
  try {
    await fs.mkdir(pictures, { recursive: true });
    // Nobody acts on the sheet, so there is nothing behind it.
    page.open({ scene: {} as Scene, feed: still(JSON.stringify(shown())) });
    const seen = await browser.newPage({
      ...{ viewport: PHONE, reducedMotion: 'reduce', locale: 'en-GB' },
      ...{ timezoneId: 'Europe/Berlin', colorScheme: scheme },
    });
    await seen.clock.setFixedTime('2026-11-27T15:40:00Z');
    await seen.goto(`${address}/?user=U0ALICE&at=${CHANNEL}`);
    await seen.getByRole('button', { name: 'Look around' }).click();
    await seen.evaluate('document.fonts.ready');
    for (const { name } of SHEET) {
      const card = seen.locator(`[data-ts="${tsOf(name)}"]`);
      await card.screenshot({ path: path.join(pictures, `${name}.png`) });
    }
    return SHEET.map(({ name }) => `${name}.png`);
  } finally {
    await browser.close();
    await close(page.server);
  }
}

const tsOf = (name: string): string => `${1_795_793_400 + SHEET.findIndex((one) => one.name === name)}.000100`;

/** What the page shows: one channel with the cards. */
function shown(): Shown {
  const items = SHEET.map(({ name, card }): Item => {
    const { text, blocks } = cardMessage(card);
    const drawn = { channel: CHANNEL, ts: tsOf(name), text, blocks: blocks as unknown as Item['blocks'] };
    return { ...drawn, by: BOT, alone: false, edited: false, replies: [] };
  });
  return {
    ...{ demo: 'sheet', people: [...PEOPLE], names: { [BOT]: 'Pushbutton', S0LEADS: 'leads' }, clock: { movedMs: 0 } },
    ...{ services: [{ name: 'shop', repository: 'acme/shop', channel: CHANNEL }], githubUrl: 'https://github.com' },
    ...{ bot: { userId: BOT, replicas: [] }, home: null, modal: null, changes: [], runs: [], ledger: [], faults: [] },
    channels: [{ id: CHANNEL, name: 'shop', kind: 'channel', items }],
    commands: [],
  };
}

/** A feed in which nothing moves. */
function still(state: string): Feed {
  return {
    look: async () => state,
    follow: (_user, give) => {
      give(state);
      return () => {};
    },
    touch: () => {},
    stop: () => {},
  };
}
