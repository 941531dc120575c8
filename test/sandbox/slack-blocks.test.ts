import { problemsInBlocks, problemsInView } from '../../sandbox/slack/block-kit/validate.js';
import { buttonsIn } from '../../sandbox/slack/buttons.js';
import { formValues } from '../../sandbox/slack/form-values.js';
import { mentionsIn } from '../../sandbox/slack/mentions.js';
import { plainText } from '../../sandbox/slack/reading.js';
import { startSlack } from '../../sandbox/slack/start.js';
import { outcome, slackClient } from './slack-client.js';

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const plain = (text: string) => ({ type: 'plain_text', text });
const button = (more = {}) => ({ type: 'button', text: plain('Deploy'), action_id: 'deploy', ...more });
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const rich = (...elements: unknown[]) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements }],
});
const raw = (text: string) => ({ type: 'raw_text', text });
const bars = (more = {}) => ({
  type: 'data_visualization',
  title: 'Deploys',
  chart: {
    type: 'bar',
    series: [{ name: 'ok', data: [{ label: 'Mon', value: 4 }] }],
    axis_config: { categories: ['Mon'] },
    ...more,
  },
});
const many = <T>(count: number, item: (index: number) => T) => Array.from({ length: count }, (_, index) => item(index));

test.each([
  ['a section', [{ type: 'section', text: mrkdwn('x'.repeat(3000)), accessory: button() }]],
  ['fields', [{ type: 'section', fields: many(10, () => mrkdwn('x'.repeat(2000))) }]],
  [
    'a header, a divider, a context',
    [{ type: 'header', text: plain('Hello') }, { type: 'divider' }, { type: 'context', elements: [mrkdwn('x')] }],
  ],
  ['buttons', [actions(button({ style: 'primary', confirm: { title: plain('Sure?'), text: mrkdwn('Deploy shop') } }))]],
  [
    'rich text',
    [
      rich(
        { type: 'text', text: 'a', style: { bold: true } },
        { type: 'link', url: 'https://a.test' },
        { type: 'user', user_id: 'U1' },
      ),
    ],
  ],
  [
    'a table',
    [{ type: 'table', rows: [[raw('a'), rich({ type: 'text', text: 'b' })]], column_settings: [{ align: 'right' }] }],
  ],
  ['charts', [bars(), bars()]],
  ['an input', [{ type: 'input', label: plain('Reason'), element: { type: 'plain_text_input', action_id: 'reason' } }]],
])('%s is taken', (_name, blocks) => {
  expect(problemsInBlocks(blocks, 'message')).toEqual([]);
});

test.each([
  [
    'empty text',
    [{ type: 'section', text: mrkdwn('') }],
    '[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'long text',
    [{ type: 'section', text: mrkdwn('x'.repeat(3001)) }],
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ],
  ['a section of nothing', [{ type: 'section' }], 'missing required field: text or fields'],
  [
    'eleven fields',
    [{ type: 'section', fields: many(11, () => mrkdwn('x')) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  ['a long field', [{ type: 'section', fields: [mrkdwn('x'.repeat(2001))] }], '/blocks/0/fields/0/text'],
  ['a long header', [{ type: 'header', text: plain('x'.repeat(151)) }], 'less than 151'],
  ['mrkdwn in a header', [{ type: 'header', text: mrkdwn('x') }], 'unsupported type: mrkdwn'],
  ['a typo', [{ type: 'section', txt: mrkdwn('x') }], 'invalid additional property: txt'],
  ['an unknown block', [{ type: 'sektion' }], 'unsupported type: sektion [json-pointer:/blocks/0/type]'],
  ['fifty-one blocks', many(51, () => ({ type: 'divider' })), 'no more than 50 items allowed [json-pointer:/blocks]'],
  ['a long button', [actions(button({ text: plain('x'.repeat(76)) }))], 'less than 76'],
  ['a long value', [actions(button({ value: 'x'.repeat(2001) }))], 'less than 2001'],
  ['an odd style', [actions(button({ style: 'default' }))], 'valid enum value'],
  ['a javascript link', [actions(button({ url: 'javascript:alert(1)' }))], 'must be a valid URL'],
  ['a long question', [actions(button({ confirm: { text: plain('x'.repeat(301)) } }))], '/confirm/text/text'],
  [
    'a long yes',
    [actions(button({ confirm: { text: plain('x'), confirm: plain('x'.repeat(31)) } }))],
    '/confirm/confirm/text',
  ],
  ['twenty-six buttons', [actions(...many(26, (index) => button({ action_id: `a${index}` })))], 'no more than 25'],
  ['no buttons', [actions()], 'no fewer than 1'],
  ['one action id twice', [actions(button(), button())], 'action_id already exists: deploy'],
  [
    'one block id twice',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
    'block_id already exists: a',
  ],
  ['a long block id', [{ type: 'divider', block_id: 'x'.repeat(256) }], 'less than 256'],
  ['eleven in a context', [{ type: 'context', elements: many(11, () => mrkdwn('x')) }], 'no more than 10'],
  ['a button in a context', [{ type: 'context', elements: [button()] }], 'unsupported type: button'],
  ['empty rich text', [rich({ type: 'text', text: '' })], 'must be more than 0 characters'],
  [
    'text straight in rich_text',
    [{ type: 'rich_text', elements: [{ type: 'text', text: 'a' }] }],
    'unsupported type: text',
  ],
  ['an empty cell', [{ type: 'table', rows: [[raw('')]] }], '/blocks/0/rows/0/0/text'],
  ['a row too many', [{ type: 'table', rows: many(101, () => [raw('a')]) }], 'no more than 100'],
  ['a cell too many', [{ type: 'table', rows: [many(21, () => raw('a'))] }], 'no more than 20'],
  ['two tables', many(2, () => ({ type: 'table', rows: [[raw('a')]] })), 'only_one_table_allowed'],
  ['three charts', many(3, () => bars()), 'no more than 2 data_visualization'],
  ['a category forgotten', [bars({ axis_config: { categories: ['Mon', 'Tue'] } })], 'every category exactly once'],
  ['an alert in a message', [{ type: 'alert', text: mrkdwn('x') }], 'unsupported type: alert'],
])('%s is refused', (_name, blocks, problem) => {
  expect(problemsInBlocks(blocks, 'message').join('\n')).toContain(problem);
});

const modal = (more = {}) => ({
  type: 'modal',
  title: plain('Reject'),
  submit: plain('Reject'),
  blocks: [{ type: 'input', label: plain('Reason'), element: { type: 'plain_text_input' } }],
  ...more,
});

const choice = (value: string) => ({ text: plain(value), value });
const input = (element: object) => ({ blocks: [{ type: 'input', block_id: 'b', label: plain('How?'), element }] });
const choices = (count: number) => many(count, () => choice('a'));

test('a checklist needs a tick before it is sent, and one that is ticked at first is', () => {
  const { blocks } = input({ type: 'checkboxes', action_id: 'c', options: [choice('a'), choice('b')] });
  expect(() => formValues({ blocks }, {})).toThrow('the input "How?" is required');
  const ticked = (value: object) => ({ b: { c: { type: 'checkboxes', selected_options: [value] } } });
  expect(formValues({ blocks }, { b: ['b'] })).toEqual(ticked(choice('b')));
  const initial = input({ ...blocks[0]?.element, initial_options: [choice('a')] });
  expect(formValues(initial, {})).toEqual(ticked(choice('a')));
});

test.each([
  [
    'a choice that is not offered',
    input({ type: 'radio_buttons', options: [choice('a')], initial_option: choice('b') }),
    'initial options must be among the options',
  ],
  [
    'a tick that is not offered',
    input({ type: 'checkboxes', options: [choice('a')], initial_options: [choice('b')] }),
    'initial options must be among the options',
  ],
  ['eleven checkboxes', input({ type: 'checkboxes', options: choices(11) }), 'no more than 10'],
  ['a hundred and one choices', input({ type: 'static_select', options: choices(101) }), 'no more than 100'],
  ['a long choice', input({ type: 'radio_buttons', options: [choice('x'.repeat(76))] }), 'less than 76'],
  [
    'a text that is too long for its input',
    input({ type: 'plain_text_input', initial_value: 'abc', max_length: 2 }),
    'initial_value is longer than max_length',
  ],
  ['a long title', { title: plain('x'.repeat(25)) }, '/view/title/text'],
  ['a long submit', { submit: plain('x'.repeat(25)) }, '/view/submit/text'],
  ['much metadata', { private_metadata: 'x'.repeat(3001) }, '/view/private_metadata'],
  ['a long callback', { callback_id: 'x'.repeat(256) }, '/view/callback_id'],
  ['an input without submit', { submit: undefined }, 'missing required field: submit'],
  ['a chart', { blocks: [bars()] }, 'unsupported type'],
  ['a hundred and one blocks', { blocks: many(101, () => ({ type: 'divider' })) }, 'no more than 100'],
])('a modal with %s is refused', (_name, more, problem) => {
  expect(problemsInView(modal())).toEqual([]);
  expect(problemsInView(modal(more)).join('\n')).toContain(problem);
});

test('blocks that hold too many characters together are refused as Slack refuses them', async () => {
  const slack = await startSlack({ botToken: 'xoxb-1', signingSecret: 'secret' });
  try {
    slack.addChannel({ id: 'C0SHOP', name: 'shop' });
    const client = slackClient(slack.apiUrl, 'xoxb-1');
    const post = (count: number) =>
      outcome(
        client.chat.postMessage({
          channel: 'C0SHOP',
          text: 'x',
          blocks: many(count, () => rich({ type: 'text', text: 'x'.repeat(2_500) })) as never,
        }),
      );
    expect(await post(4)).toBe('ok');
    expect(await post(5)).toBe('msg_blocks_too_long');
  } finally {
    await slack.stop();
  }
});

test('the refusal comes over the wire in the words of Slack', async () => {
  const slack = await startSlack({ signingSecret: 'secret', botToken: 'xoxb' });
  slack.addChannel({ id: 'C0SHOP', name: 'shop' });
  const client = slackClient(slack.apiUrl, 'xoxb');
  const blocks = [{ type: 'section', text: { type: 'mrkdwn' as const, text: '' } }];
  const error = await client.chat
    .postMessage({ channel: 'C0SHOP', text: 'x', blocks })
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    data: {
      error: 'invalid_blocks',
      response_metadata: { messages: [expect.stringContaining('/blocks/0/text/text')] },
    },
  });
  const attachments = [{ blocks }];
  expect(await outcome(client.chat.postMessage({ channel: 'C0SHOP', text: 'x', attachments }))).toBe('invalid_blocks');
  await slack.stop();
});

test('whoever would be mentioned is found, wherever it stands', () => {
  const message = {
    text: 'Hello <@U0ALICE> &lt;!channel&gt; @here',
    blocks: [
      { type: 'section', text: mrkdwn('<!subteam^S0LEADS|leads> <!here>'), fields: [plain('<!everyone>')] },
      rich(
        { type: 'text', text: '<!channel>' },
        { type: 'broadcast', range: 'everyone' },
        { type: 'user', user_id: 'U0BOB' },
      ),
    ],
    attachments: [{ text: '<!channel>' }],
  };
  const found = (options = {}) => mentionsIn({ ...message, options }).map((one) => `${one.kind} ${one.id}`);
  expect(found()).toEqual([
    'user U0ALICE',
    'group S0LEADS',
    'here here',
    'everyone everyone',
    'user U0BOB',
    'channel channel',
  ]);
  expect(found({ link_names: true })).toContain('name here');
  expect(mentionsIn(message)[3]?.where).toBe('/blocks/1/elements/0/elements/1');
});

test('the visible words are those that a person reads', () => {
  const blocks = [
    { type: 'section', text: mrkdwn('*<https://a.test|Fix &lt;b&gt;>* &amp;amp; more'), accessory: button() },
    rich({ type: 'text', text: 'a &lt; b ' }, { type: 'link', url: 'https://b.test', text: 'run 7' }),
    { type: 'table', rows: [[raw('shop'), raw('live')]] },
    { type: 'context', elements: [mrkdwn('by <@U0ALICE> <!date^1^{time}|noon>')] },
    actions(button()),
  ];
  expect(plainText({ text: 'unseen', blocks })).toBe(
    '*Fix <b>* &amp; more\na &lt; b run 7\nshop | live\nby @U0ALICE noon',
  );
  expect(plainText({ text: 'a &lt; b' })).toBe('a < b');
  expect(plainText(modal())).toBe('Reject\nReason');
  expect(buttonsIn(blocks).map((one) => one.text)).toEqual(['Deploy', 'Deploy']);
});
