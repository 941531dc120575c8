import type { Page } from 'playwright-core';

/**
 * Takes the tour as a person would: does what the coach says to what it points at, until its last word. `at` is called
 * with the name of each moment before anything is done, and with `confirm` while a button asks. Rejects with a sentence
 * that names the moment that did not end.
 */
export async function play(page: Page, at: (moment: string) => Promise<void>): Promise<void> {
  let moment = '';
  try {
    await page.getByRole('button', { name: 'Take the tour' }).click();
    for (;;) {
      const coach = page.locator(`[data-moment]:not([data-moment="${moment}"])`);
      await coach.waitFor();
      moment = (await coach.getAttribute('data-moment')) ?? '';
      const does = await page.locator('[data-moment]').getAttribute('data-does');
      await at(moment);
      if (does === 'read') return;
      if (does === 'press') await press(page, moment, at);
      if (does === 'ask') await ask(page);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new Error(`it did not go on from "${moment || 'the start'}": ${why}`, { cause });
  }
}

async function press(page: Page, moment: string, at: (moment: string) => Promise<void>): Promise<void> {
  await page.locator('[data-pointed-at]').click();
  const question = page.locator('dialog.confirm');
  const further = page.locator(`[data-moment]:not([data-moment="${moment}"])`);
  await question.or(further).first().waitFor();
  if (!(await question.isVisible())) return;
  await at('confirm');
  await question.getByRole('button').last().click();
}

/** Letter by letter, with completion: Enter takes what it offers, then sends. */
async function ask(page: Page): Promise<void> {
  await page.locator('[data-pointed-at]').pressSequentially('/release stat', { delay: 60 });
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
}
