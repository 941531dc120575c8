import fs from 'node:fs/promises';
import path from 'node:path';
import axe from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';

const pictures = process.env.SCREENSHOTS;

export interface Screen {
  width: number;
  height: number;
  colorScheme: 'light' | 'dark';
}

export const DESK: Screen = { width: 1280, height: 800, colorScheme: 'light' };
export const PHONE: Screen = { width: 390, height: 844, colorScheme: 'dark' };

/** A page as one person opens it, with all that its console complained about. */
export interface Visit {
  page: Page;
  complaints: string[];
  /** Fails when axe finds anything wrong, when the page scrolls sideways, or when the console complained. */
  isSound(screen: string): Promise<void>;
  /** What axe finds in this element, and whether it needs more room than it has; empty if all is well. Leaves a picture of it. */
  unsoundIn(selector: string, name: string): Promise<string[]>;
}

interface Opening {
  screen?: Screen;
  user?: string;
  tour?: boolean;
  /** Before the page is loaded. */
  prepare?: (page: Page) => Promise<void>;
}

/** Opens the demo's page as `user`, as one who has seen the tour unless asked for. */
export async function visit(
  browser: Browser,
  address: string,
  { screen = DESK, user = 'U0ALICE', tour = false, prepare }: Opening = {},
): Promise<Visit> {
  const { width, height, colorScheme } = screen;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  if (!tour) await page.addInitScript(`localStorage.setItem('pushbutton tour', '"over"')`);
  await prepare?.(page);
  await page.goto(`${address}/?user=${user}&at=C0SHOP`);
  await page.locator('.frame').waitFor();
  return {
    page,
    complaints,
    isSound: async (name) => {
      await picture(page, `${width}-${colorScheme}-${name}`);
      expect({ [name]: await violations(page) }).toEqual({ [name]: [] });
      expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(
        0,
      );
      expect(complaints).toEqual([]);
    },
    unsoundIn: async (selector, name) => {
      const element = page.locator(selector);
      await element.scrollIntoViewIfNeeded();
      await picture(element, name);
      const cut = await page.evaluate(`(${CUT})(document.querySelector(${JSON.stringify(selector)}))`);
      return [...(await violations(page, selector)), ...(cut === null ? [] : [`cut off: ${cut}`])];
    },
  };
}

/** The first text in an element that reaches beyond what scrolls or cuts it; null if there is none. */
const CUT = `(element) => {
  let frame = element.parentElement;
  while (frame.parentElement && getComputedStyle(frame).overflowX === 'visible') frame = frame.parentElement;
  const edge = frame.getBoundingClientRect().left + frame.clientWidth;
  const over = [...element.querySelectorAll('*')].find((one) => one.getBoundingClientRect().right > edge + 1);
  return over?.textContent ?? null;
}`;

interface Violation {
  id: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** What axe finds on the page, or in an element of it, each with the first element that it is about. */
async function violations(page: Page, selector?: string): Promise<string[]> {
  if (!(await page.evaluate('Boolean(window.axe)'))) await page.evaluate(axe.source);
  const within = selector === undefined ? 'document' : JSON.stringify(selector);
  const found = (await page.evaluate(`axe.run(${within}).then((result) => result.violations)`)) as Violation[];
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}

/** Left in the folder SCREENSHOTS, where that is set. */
async function picture(seen: Page | Locator, name: string): Promise<void> {
  if (!pictures) return;
  await fs.mkdir(pictures, { recursive: true });
  await seen.screenshot({ path: path.join(pictures, `${name.replaceAll(' ', '-')}.png`) });
}
