import type { Browser } from 'playwright-core';
import type { Item, Json, Shown } from '../../sandbox/demo/shown.js';
import { findChromium, startChromium } from '../../sandbox/tour/browser.js';
import { type RunningDemo, runDemo } from '../support/demo.js';
import { until } from '../support/until.js';
import { DESK, PHONE, type Screen, visit } from './chromium.js';

/** What the page draws of what a bot may send, also of what Pushbutton does not send today: the demo's answer is amended. */

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

/** The page of somebody who sees this beside what there is; what the page does is in `posted`. */
async function shows(amend: (shown: Shown) => Partial<Shown>, screen: Screen = DESK) {
  const address = await demo.address();
  const shown = (await (await fetch(`${address}/api/state?user=U0ALICE`)).json()) as Shown;
  const posted: Json[] = [];
  const opened = await visit(browser, address, {
    screen,
    prepare: async (page) => {
      const data = JSON.stringify({ ...shown, ...amend(shown) });
      await page.addInitScript(`window.EventSource = class {
        constructor() { setTimeout(() => this.onmessage({ data: ${JSON.stringify(data)} })); }
        close() {}
      }`);
      await page.route(/\/api\/(click|submit|close|press)$/, async (route) => {
        posted.push({ to: route.request().url().split('/').at(-1), ...route.request().postDataJSON() });
        await route.fulfill({ json: {} });
      });
    },
  });
  return { ...opened, posted };
}

const message = (blocks: Json[], more: Partial<Item> = {}): Item => ({
  channel: 'C0SHOP',
  ts: '1764144000.000100',
  text: 'A message.',
  blocks,
  by: 'UBOT',
  alone: false,
  edited: false,
  replies: [],
  ...more,
});
const inShop =
  (...items: Item[]) =>
  ({ channels }: Shown): Partial<Shown> => ({
    channels: channels.map((one) => (one.id === 'C0SHOP' ? { ...one, items } : one)),
  });
const plain = (text: string) => ({ type: 'plain_text', text });
const written = '*bold* _it_ <!channel> <@U0ALICE> &lt;b&gt; :x:';
const escaped = written.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const rich = (...elements: Json[]) => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] });

test.each<[string, Json]>([
  ['rich text', rich({ type: 'text', text: written })],
  ['a plain text in a section', { type: 'section', text: plain(written) }],
  ['a raw cell of a table', { type: 'table', rows: [[{ type: 'raw_text', text: written }]] }],
  ['a header', { type: 'header', text: plain(written) }],
])(
  'what others wrote is drawn as they wrote it in %s',
  async (_, block) => {
    const { page } = await shows(inShop(message([block])));
    const blocks = page.getByRole('article').locator('.blocks');
    expect((await blocks.textContent())?.trim()).toBe(written);
    expect(await blocks.locator('.slack_broadcast, .slack_user, strong, em').count()).toBe(0);
  },
  120_000,
);

test('a mention that was escaped mentions nobody, and a real one shows the name', async () => {
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
  const context = { type: 'context', elements: [{ type: 'mrkdwn', text: escaped }] };
  const blocks = [section(escaped), context, section('for <@U0ALICE> in <#C0SHOP>')];
  const { page } = await shows(inShop(message(blocks)));
  expect(await page.locator('.slack_broadcast').count()).toBe(0);
  expect(await page.locator('.slack_user').allTextContents()).toEqual(['@Alice']);
  expect(await page.locator('.slack_channel').allTextContents()).toEqual(['#shop']);
}, 120_000);

test('links to GitHub open a page of the demo in a new tab, and dates are in the zone of the reader', async () => {
  const date = { type: 'date', timestamp: 1_764_144_000, format: '{date_short_pretty} at {time}', fallback: 'UTC' };
  const link = { type: 'link', url: 'https://github.com/acme/shop/pull/7', text: '#7' };
  const script = { type: 'link', url: 'javascript:alert(1)', text: 'no' };
  const { page } = await shows(inShop(message([rich(link, script, date)])));
  const one = page.getByRole('link', { name: '#7' });
  expect(await one.getAttribute('href')).toBe('/github?path=%2Facme%2Fshop%2Fpull%2F7');
  expect(await one.getAttribute('target')).toBe('_blank');
  expect(await page.getByRole('link', { name: 'no', exact: true }).getAttribute('href')).toBe('#');
  expect(await page.locator('.blocks time').textContent()).toMatch(/ at \d\d:\d\d$/);
}, 120_000);

test('a button beside a section is pressed, after its question where it has one', async () => {
  const button = (id: string, more: Json = {}) => ({ type: 'button', action_id: id, text: plain(id), ...more });
  const confirm = { title: plain('Sure?'), text: plain('It ships.'), confirm: plain('Yes'), deny: plain('No') };
  const section = { type: 'section', text: plain('Beside'), accessory: button('go') };
  const { page, posted } = await shows(
    inShop(message([section, { type: 'actions', elements: [button('ask', { confirm })] }])),
  );
  await page.getByRole('button', { name: 'go', exact: true }).click();
  await page.getByRole('button', { name: 'ask', exact: true }).click();
  await page.getByRole('dialog', { name: 'Sure?' }).getByRole('button', { name: 'Yes' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const click = { to: 'click', user: 'U0ALICE', channel: 'C0SHOP', ts: '1764144000.000100' };
  expect(posted).toEqual([
    { ...click, button: 'go' },
    { ...click, button: 'ask' },
  ]);
}, 120_000);

test.each([
  ['a desk', DESK],
  ['a phone', PHONE],
])(
  'replies open beside the channel, and Escape closes them, at %s',
  async (_, screen) => {
    const reply = { ts: '1764144001.000100', text: 'Production smoke test failed.', blocks: [], by: 'U0BOB' };
    const { page, isSound } = await shows(
      inShop(
        message([rich({ type: 'text', text: 'A card' })], { replies: [reply, { ...reply, ts: '1764144002.000100' }] }),
      ),
      screen,
    );
    await page.getByRole('button', { name: '2 replies' }).click();
    const thread = page.getByRole('region', { name: 'Thread in shop' });
    await thread.getByText('Production smoke test failed.').first().waitFor();
    await isSound('thread');
    await page.keyboard.press('Escape');
    await thread.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.innerText')).toBe('2 replies');
  },
  120_000,
);

test.each([
  ['a desk', DESK],
  ['a phone', PHONE],
])(
  'a modal shows what is wrong under its input, submits what was put in, and closes, at %s',
  async (_, screen) => {
    const input = (id: string, label: string, element: Json, more: Json = {}) => ({
      type: 'input',
      block_id: id,
      label: plain(label),
      element,
      ...more,
    });
    const option = (value: string) => ({ text: plain(value), value });
    const definition = {
      title: plain('Reject'),
      submit: plain('Reject it'),
      blocks: [
        { type: 'section', text: plain('Say why.') },
        input(
          'why',
          'Reason',
          { type: 'plain_text_input', multiline: true },
          { hint: plain('Everybody can read it.') },
        ),
        input('kind', 'Kind', { type: 'static_select', options: [option('risk'), option('time')] }, { optional: true }),
      ],
    };
    const { page, posted, isSound } = await shows(
      () => ({ modal: { id: 'V1', definition, errors: { why: 'A reason is needed.' } } }),
      screen,
    );
    const reason = page.getByLabel('Reason');
    expect(await reason.getAttribute('aria-invalid')).toBe('true');
    await page.getByText('A reason is needed.').waitFor();
    await isSound('modal');
    await reason.fill('Too late today');
    await page.getByLabel('Kind').selectOption('time');
    await page.getByRole('button', { name: 'Reject it' }).click();
    await until('it is submitted', () => posted.length === 1);
    await page.keyboard.press('Escape');
    await until('it is closed', () => posted.length === 2);
    expect(posted).toEqual([
      { to: 'submit', user: 'U0ALICE', viewId: 'V1', values: { why: 'Too late today', kind: 'time' } },
      { to: 'close', viewId: 'V1' },
    ]);
  },
  120_000,
);
