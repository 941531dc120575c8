import type { Locator, Page } from 'playwright-core';
import type { Run, Shown } from '../../sandbox/demo/shown.js';
import { until } from '../support/until.js';

const patienceMs = 40_000;

/** The words on a card's own buttons, without those that the page puts beside a message. */
export const buttonsOf = (card: Locator): Promise<string[]> =>
  card.locator('.blocks').getByRole('button').allInnerTexts();

/** What a visitor does with the page, wherever on the screen it is. */
export function hands(page: Page) {
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const state = async () => (await page.evaluate('fetch("/api/state?user=U0ALICE").then((a) => a.json())')) as Shown;

  /** On a phone one side hides the other. */
  async function side(name: 'Slack' | 'Behind the scenes'): Promise<void> {
    const choice = page.getByRole('navigation', { name: 'Parts of the page' }).getByRole('button', { name });
    if (await choice.isVisible()) await choice.click();
  }
  async function tab(name: 'GitHub' | 'Break it'): Promise<void> {
    await side('Behind the scenes');
    await page.getByRole('tab', { name }).click();
  }
  /** Pushes by this button, and gives the SHA of the newest change. */
  async function push(name = 'Push a change'): Promise<string> {
    const before = (await state()).changes[0]?.sha;
    await side('Behind the scenes');
    await button(name).click();
    const pushed = await until('a change is pushed', async () => {
      const [newest] = (await state()).changes;
      return newest && newest.sha !== before ? newest.sha : null;
    });
    await side('Slack');
    return pushed;
  }
  const cardOf = (sha: string): Locator => page.locator(`[data-card="${sha.slice(0, 7)}"]`);

  return {
    state,
    side,
    tab,
    push,
    cardOf,
    /** Waits until the card of this commit says this; the screen shows Slack then. */
    async says(sha: string, words: string | RegExp): Promise<Locator> {
      await side('Slack');
      await cardOf(sha).getByText(words).first().waitFor({ timeout: patienceMs });
      return cardOf(sha);
    },
    /** Presses a button of the card, and answers its question with yes. */
    async press(sha: string, name: string): Promise<void> {
      await side('Slack');
      await cardOf(sha).getByRole('button', { name, exact: true }).click({ timeout: patienceMs });
      const question = page.locator('dialog.confirm');
      if (await question.isVisible()) await question.getByRole('button').last().click();
    },
    /** Opens a channel. */
    async opens(channel: string): Promise<void> {
      await side('Slack');
      await page.getByRole('navigation', { name: 'Workspace' }).getByRole('button', { name: channel }).click();
      await page.getByRole('heading', { name: `# ${channel}` }).waitFor();
    },
    /** Becomes somebody else. */
    async is(name: string): Promise<void> {
      await page.locator('.who').click();
      await page.getByRole('dialog', { name: 'Who are you?' }).getByRole('button', { name }).click();
      await page.locator('.who').getByText(name).waitFor();
    },
    /** Chooses the service that is pushed to. */
    async pushesTo(service: string): Promise<void> {
      await side('Behind the scenes');
      await page.getByRole('radio', { name: service }).check();
    },
    /** Presses a button that is on no card. */
    async presses(name: string): Promise<void> {
      await button(name).click();
    },
    /** Types a line in the open channel and sends it. */
    async types(words: string): Promise<void> {
      await side('Slack');
      await page.getByRole('combobox').fill(words);
      await page.getByRole('button', { name: 'Send' }).click();
      await until('the line is sent', async () => (await page.getByRole('combobox').inputValue()) === '');
    },
    /** How many calls a fault has met, as the page says. */
    async met(name: string): Promise<number> {
      return (await state()).faults.find(({ label }) => label === name)?.met ?? 0;
    },
    /** Whether the switch of a fault is on. */
    async isOn(name: string): Promise<boolean> {
      await tab('Break it');
      return page.getByRole('switch', { name, checked: true }).isVisible();
    },
    /** Turns the switch of a fault, and waits until the page shows it. */
    async turn(name: string, to: 'on' | 'off'): Promise<void> {
      await tab('Break it');
      await page.getByRole('switch', { name, checked: to === 'off' }).click();
      await page.getByRole('switch', { name, checked: to === 'on' }).waitFor();
    },
    /** The production runs of this commit. */
    async productionRuns(sha: string): Promise<Run[]> {
      return (await state()).runs.filter((run) => run.workflow === 'production' && run.sha === sha);
    },
  };
}
