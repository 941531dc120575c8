import fs from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { findChromium, startChromium } from './tour/browser.js';
import { play } from './tour/play.js';

const patienceMs = 40_000;

/**
 * Plays the demo's tour at this address in Chromium and saves pictures of it, as PNG, in `pictures`: the whole page,
 * the question that Deploy asks, a live card, a failed one, the answer to status, a card that waits for an approval, the
 * Home tab of who may give it, and a phone in the dark. Resolves to their names. Rejects with a sentence if there is no Chromium, or if the tour
 * does not go on.
 */
export async function playTour({ address, pictures }: { address: string; pictures: string }): Promise<string[]> {
  const browser = await startChromium(findChromium());
  try {
    await fs.mkdir(pictures, { recursive: true });
    const page = await open(browser, address, { width: 1280, height: 800 });
    // Cards are drawn at twice the resolution, by a second window that only watches, in which they are 640 wide.
    const eye = await open(browser, address, { width: 1206, height: 800, deviceScaleFactor: 2 });
    await eye.getByRole('button', { name: 'Look around' }).click();
    // And the whole page in a window without the tour's card.
    const desk = await open(browser, address, { width: 1280, height: 800 });
    await desk.getByRole('button', { name: 'Look around' }).click();
    const taken: string[] = [];
    const file = (name: string) => {
      taken.push(`${name}.png`);
      return path.join(pictures, `${name}.png`);
    };
    let pressing = '';
    await play(page, async (moment) => {
      if (moment === 'deploy again') await still(desk, file('page'));
      if (moment === 'confirm' && pressing === 'deploy again') await still(page, file('confirm'));
      if (moment === 'break') await cardOf(eye, 'live', file('live'));
      if (moment === 'roll back') await cardOf(eye, 'failed in production', file('failed'));
      // What only one person sees is in every window of that person.
      if (moment === 'end') await cardOf(eye, 'Only visible to you', file('status'));
      pressing = moment;
    });
    await askForApproval(eye);
    await cardOf(eye, 'waiting for approval', file('approval'));
    await homeOf(eye, `${address}/?user=U0ERIN&at=home`, file('home'));
    const small = { width: 390, height: 844, deviceScaleFactor: 1.5, colorScheme: 'dark' } as const;
    const phone = await open(browser, address, small);
    await phone.getByRole('button', { name: 'Look around' }).click();
    await still(phone, file('phone'));
    return taken;
  } finally {
    await browser.close();
  }
}

/** Pushes to the service that needs approval, and presses Deploy on its card. */
async function askForApproval(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Workspace' }).getByRole('button', { name: 'releases' }).click();
  await page.getByRole('radio', { name: 'pay' }).check();
  await page.getByRole('button', { name: 'Push a change', exact: true }).click();
  await page.getByRole('article').getByRole('button', { name: 'Deploy' }).click();
  await page.locator('dialog.confirm').getByRole('button').last().click();
}

interface Screen {
  width: number;
  height: number;
  deviceScaleFactor?: number;
  colorScheme?: 'dark';
}

async function open(browser: Browser, address: string, { width, height, ...screen }: Screen): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width, height },
    reducedMotion: 'reduce',
    locale: 'en-GB',
    ...screen,
  });
  page.setDefaultTimeout(patienceMs);
  await page.goto(address);
  await page.getByRole('log').waitFor();
  return page;
}

/** A picture of the window once nothing is loading, with the mouse out of the way. */
async function still(page: Page, file: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: file });
}

/** A picture of the Home tab at this address, where a request waits for that person, without the list of commands. */
async function homeOf(page: Page, address: string, file: string): Promise<void> {
  await page.goto(address);
  const home = page.getByRole('region', { name: 'Home of Pushbutton' });
  await home.getByRole('button', { name: 'Approve' }).waitFor();
  await page.mouse.move(0, 0);
  const [place, commands] = [await home.boundingBox(), await home.getByText('Commands', { exact: true }).boundingBox()];
  if (!place || !commands) throw new Error('the Home tab is not to be seen');
  // Above the rule that stands before them.
  await page.screenshot({ path: file, clip: { ...place, height: commands.y - place.y - 14 } });
}

/** A picture, 1280 pixels wide, of the newest message that says this. */
async function cardOf(page: Page, words: string, file: string): Promise<void> {
  const card = page.getByRole('article').filter({ hasText: words }).last();
  await card.waitFor();
  await page.mouse.move(0, 0);
  await card.scrollIntoViewIfNeeded();
  const box = await card.boundingBox();
  if (!box) throw new Error(`the message that says "${words}" is not to be seen`);
  await page.screenshot({ path: file, clip: box });
}
