import type { Shown } from '../../sandbox/demo/shown.js';
import { beginning, type Memory, MOMENTS, next } from '../../sandbox/page/tour-moments.js';

/** The tour goes on when what it speaks of has happened, and not before. */

const first = 'a'.repeat(40);
const second = 'b'.repeat(40);
const empty = {
  demo: 'd1',
  channels: [{ id: 'C0SHOP', name: 'shop', kind: 'channel', items: [] }],
  changes: [],
  runs: [],
  faults: [{ id: 'production-fails', on: false }],
} as unknown as Shown;

const change = (sha: string) => ({ service: 'shop', sha }) as Shown['changes'][number];
const run = (id: number, sha: string, state = 'in_progress') =>
  ({ id, sha, state, workflow: 'production' }) as Shown['runs'][number];
const item = (text: string, words: string[], alone = false) => ({
  channel: 'C0SHOP',
  ts: `${text.length}.000${words.length}`,
  text,
  alone,
  blocks: words.map((word) =>
    word.startsWith('#') ? { action_id: word.slice(1) } : { elements: [{ type: 'text', text: word }] },
  ),
});
const cards = (...items: ReturnType<typeof item>[]) =>
  [{ id: 'C0SHOP', name: 'shop', kind: 'channel', items }] as unknown as Shown['channels'];
const cardOf = (sha: string, ...words: string[]) => item(`shop ${sha.slice(0, 7)} "Title"`, words);

/** What is seen, one thing after the other, and the moment that it leads to. */
const STORY: [leadsTo: string, change: Partial<Shown>][] = [
  ['staging', { changes: [change(first)] }],
  ['deploy', { channels: cards(cardOf(first, 'passed staging', '#deploy')) }],
  ['live', { runs: [run(1, first)] }],
  ['break', { channels: cards(cardOf(first, 'live')) }],
  ['push again', { faults: [{ id: 'production-fails', on: true }] as Shown['faults'] }],
  ['staging again', { changes: [change(second), change(first)] }],
  ['deploy again', { channels: cards(cardOf(first, 'live'), cardOf(second, '#deploy')) }],
  ['failing', { runs: [run(2, second), run(1, first, 'success')] }],
  ['roll back', { channels: cards(cardOf(first, 'live'), cardOf(second, '#retry', '#roll_back')) }],
  ['rolled back', { runs: [run(3, first), run(2, second, 'failure'), run(1, first, 'success')] }],
  ['ask', { channels: cards(cardOf(first, 'live'), cardOf(second, '#deploy')) }],
  ['end', { channels: cards(cardOf(first, 'live'), item('status', ['live'], true)) }],
];

test('a change of another service is not the one that the tour waits for', () => {
  const memory = beginning(empty);
  const other = { ...change(first), service: 'pay' };
  expect(next({ ...empty, changes: [other] }, memory)).toBeNull();
  expect(next({ ...empty, changes: [other, change(second)] }, memory)).toMatchObject({ first: second });
});

test('each moment ends by what happens, in the order of the story, and never twice by the same', () => {
  let shown = empty;
  let memory: Memory = beginning(shown);
  const led: string[] = [];
  for (const [, happened] of STORY) {
    expect(next(shown, memory)).toBeNull();
    shown = { ...shown, ...happened };
    memory = next(shown, memory) ?? memory;
    led.push(MOMENTS[memory.at]?.id ?? '');
  }
  expect(led).toEqual(STORY.map(([leadsTo]) => leadsTo));
  expect(next(shown, memory)).toBeNull();
  expect(memory).toMatchObject({ first, second });
});

test('what was there before the tour began does not count', () => {
  const busy: Shown = {
    ...empty,
    changes: [change(first)],
    runs: [run(7, first)],
    channels: cards(item('status', ['live'], true)),
  };
  expect(next(busy, beginning(busy))).toBeNull();
});

test('there are five steps, and each says where a phone has to look', () => {
  expect([...new Set(MOMENTS.map(({ step }) => step))]).toEqual([1, 2, 3, 4, 5]);
  for (const { side, words } of MOMENTS) {
    expect(['slack', 'behind']).toContain(side);
    expect(words).toMatch(/[.:]$/);
  }
});
