import type { Item, Shown } from '../demo/shown.js';
import type { Side } from './page-context.js';

/** What the tour remembers from one moment to the next. */
export interface Memory {
  /** Which start of the demo it belongs to. */
  demo: string;
  /** Which moment of `MOMENTS`. */
  at: number;
  /** The change that went live, and the one that fails after it. */
  first: string | null;
  second: string | null;
  /** The newest of each when the moment began, so that what was there before does not count. */
  pushed: string | null;
  run: number;
  said: string;
}

/** A moment of the tour: where it points, what it says, and when it is over. */
export interface Moment {
  id: string;
  /** What the person does: presses or watches what is pointed at, asks in the composer, or reads. */
  does: 'press' | 'watch' | 'ask' | 'read';
  step: 1 | 2 | 3 | 4 | 5;
  title: string;
  words: string;
  /** Where a phone must look. */
  side: Side;
  tab?: 'github' | 'breaks';
  /** A selector for what to press or watch. */
  target: (memory: Memory) => string;
  /** If there is no room beside what is pointed at: below it, which leaves the tabs above it free. */
  below?: true;
  /** What to remember when it is over; null while it is not. */
  over: (shown: Shown, memory: Memory) => Partial<Memory> | null;
}

const PUSH = '[data-tour="push"]';
const RUNS = '[data-tour="runs"] li';
const card = (sha: string | null, button = '') => `[data-card="${sha?.slice(0, 7)}"]${button}`;
const action = (id: string) => ` [data-action="${id}"]`;
const yes = (is: boolean): Partial<Memory> | null => (is ? {} : null);

/** The five steps, with their moments. */
export const MOMENTS: readonly Moment[] = [
  {
    id: 'push',
    does: 'press',
    step: 1,
    title: 'A change arrives',
    words: 'Push one to the main branch of shop, as a teammate would.',
    side: 'behind',
    target: () => PUSH,
    over: (shown, { pushed }) => {
      const sha = newestOf(shown);
      return sha !== pushed && sha ? { first: sha } : null;
    },
  },
  {
    id: 'staging',
    does: 'watch',
    step: 1,
    title: 'A change arrives',
    words: 'GitHub tests it on staging. When that ends, its card arrives in the channel.',
    side: 'behind',
    tab: 'github',
    target: () => RUNS,
    over: (shown, { first }) => yes(offers(shown, first, 'deploy')),
  },
  {
    id: 'deploy',
    does: 'press',
    step: 2,
    title: 'Press the button',
    words: 'It passed. Press Deploy: it asks once more, naming exactly what will ship.',
    side: 'slack',
    target: ({ first }) => card(first, action('deploy')),
    over: (shown, { first, run }) => yes(production(shown, first, run) !== undefined),
  },
  {
    id: 'live',
    does: 'watch',
    step: 3,
    title: 'Live',
    words: 'One press, one run. The card follows the production run to its end.',
    side: 'slack',
    target: ({ first }) => card(first),
    over: (shown, { first }) => yes(saysLive(shown, first)),
  },
  {
    id: 'break',
    does: 'press',
    step: 4,
    title: 'A failure, and its roll back',
    words: 'Now let it go wrong: the next production run shall fail.',
    side: 'behind',
    tab: 'breaks',
    target: () => '[data-tour="production-fails"]',
    over: ({ faults }) => yes(faults.some(({ id, on }) => id === 'production-fails' && on)),
  },
  {
    id: 'push again',
    does: 'press',
    step: 4,
    title: 'A failure, and its roll back',
    words: 'And push another change.',
    side: 'behind',
    target: () => PUSH,
    over: (shown, { pushed }) => {
      const sha = newestOf(shown);
      return sha !== pushed && sha ? { second: sha } : null;
    },
  },
  {
    id: 'staging again',
    does: 'watch',
    step: 4,
    title: 'A failure, and its roll back',
    words: 'Staging tests it. Its card takes over the Deploy button.',
    side: 'behind',
    tab: 'github',
    target: () => RUNS,
    over: (shown, { second }) => yes(offers(shown, second, 'deploy')),
  },
  {
    id: 'deploy again',
    does: 'press',
    step: 4,
    title: 'A failure, and its roll back',
    words: 'Press Deploy: this is the run that will fail.',
    side: 'slack',
    target: ({ second }) => card(second, action('deploy')),
    over: (shown, { second, run }) => yes(production(shown, second, run) !== undefined),
  },
  {
    id: 'failing',
    does: 'watch',
    step: 4,
    title: 'A failure, and its roll back',
    words: 'It goes wrong in production. What was live stays live.',
    side: 'slack',
    target: ({ second }) => card(second),
    over: (shown, { second }) => yes(offers(shown, second, 'roll_back')),
  },
  {
    id: 'roll back',
    does: 'press',
    step: 4,
    title: 'A failure, and its roll back',
    words: 'The card names the job that failed. Press Roll back: what was live before is deployed again.',
    side: 'slack',
    target: ({ second }) => card(second, action('roll_back')),
    over: (shown, { first, run }) => yes(production(shown, first, run) !== undefined),
  },
  {
    id: 'rolled back',
    does: 'watch',
    step: 4,
    title: 'A failure, and its roll back',
    words: 'What was live before goes out again, as a deployment of its own with its own run.',
    side: 'slack',
    target: ({ second }) => card(second),
    over: (shown, { first, second }) => yes(saysLive(shown, first) && !offers(shown, second, 'roll_back')),
  },
  {
    id: 'ask',
    does: 'ask',
    step: 5,
    title: 'Ask',
    words: 'Type /release status and press Enter. The answer is for you alone.',
    side: 'slack',
    target: () => '[data-tour="composer"]',
    over: (shown, { said }) => yes(newestAlone(shown) > said),
  },
  {
    id: 'end',
    does: 'read',
    step: 5,
    title: 'That is Pushbutton',
    words:
      'Every press above was saved before it was answered, and stands on the ledger. Now break it: kill a replica in the middle of a deployment.',
    side: 'behind',
    tab: 'breaks',
    target: () => '[data-tour="kill"]',
    below: true,
    over: () => null,
  },
];

/** The service that the tour pushes to. */
export const SERVICE = 'shop';
const newestOf = ({ changes }: Shown): string | null => changes.find(({ service }) => service === SERVICE)?.sha ?? null;

/** What to remember when a moment begins. */
const began = (shown: Shown, before: Memory, at: number): Memory => ({
  ...before,
  at,
  pushed: newestOf(shown),
  run: Math.max(0, ...shown.runs.map(({ id }) => id)),
  said: newestAlone(shown),
});

/** The start of the tour. */
export const beginning = (shown: Shown): Memory =>
  began(shown, { demo: shown.demo, at: 0, first: null, second: null, pushed: null, run: 0, said: '' }, 0);

/** The memory of the next moment when this one is over; null while it is not. */
export function next(shown: Shown, memory: Memory): Memory | null {
  const learned = MOMENTS[memory.at]?.over(shown, memory);
  return learned ? began(shown, { ...memory, ...learned }, memory.at + 1) : null;
}

/** The channel of a change's card; null while there is none. */
export const channelOf = (shown: Shown, sha: string | null): string | null => cardOf(shown, sha)?.channel ?? null;

const items = (shown: Shown): Item[] => shown.channels.flatMap((one) => one.items);

const cardOf = (shown: Shown, sha: string | null): Item | undefined =>
  items(shown).findLast((item) => !item.alone && sha !== null && item.text.split(' ')[1] === sha.slice(0, 7));

function offers(shown: Shown, sha: string | null, actionId: string): boolean {
  return JSON.stringify(cardOf(shown, sha)?.blocks ?? []).includes(`"action_id":"${actionId}"`);
}

const saysLive = (shown: Shown, sha: string | null): boolean =>
  JSON.stringify(cardOf(shown, sha)?.blocks ?? []).includes('"text":"live"');

const production = (shown: Shown, sha: string | null, after: number) =>
  shown.runs.find((run) => run.workflow === 'production' && run.sha === sha && run.id > after);

const newestAlone = (shown: Shown): string =>
  items(shown)
    .filter(({ alone }) => alone)
    .map(({ ts }) => ts)
    .sort()
    .at(-1) ?? '';
