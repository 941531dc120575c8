import { cardMessage } from '../../src/slack/views/card.js';
import type { Feed } from '../demo/feed.js';
import { close, listen } from '../demo/listen.js';
import { createPage } from '../demo/page.js';
import type { Item, Shown } from '../demo/shown.js';
import type { Scene } from '../demo/state.js';
import { PEOPLE } from '../demo/team.js';
import { SHEET } from './cards.js';

const CHANNEL = 'C0SHOP';
const BOT = 'U0PUSHBUTTON';

/** The moment of the sheet, at which the clock of who looks at it is to stand still. */
export const SHEET_TIME = '2026-11-27T15:40:00Z';

/** The demo's page with one channel, in which each card of the sheet stands, served on this machine. */
export interface ServedSheet {
  readonly address: string;
  readonly cards: readonly {
    readonly name: string;
    /** Finds the card on the page. */
    readonly selector: string;
  }[];
  readonly stop: () => Promise<void>;
}

export async function serveSheet(): Promise<ServedSheet> {
  const page = createPage();
  const address = await listen(page.server, 0);
  // Nobody acts on the sheet, so there is nothing behind it.
  page.open({ scene: {} as Scene, feed: still(JSON.stringify(shown())) });
  const cards = SHEET.map(({ name }) => ({ name, selector: `[data-ts="${tsOf(name)}"]` }));
  return { address, cards, stop: () => close(page.server) };
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
