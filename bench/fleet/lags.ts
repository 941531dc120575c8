import type { RecordedCall } from '../../sandbox/github/server.js';
import type { Message } from '../../sandbox/slack/workspace.js';
import { atBest, behind } from './bound.js';
import type { Presser } from './crowd.js';
import type { News } from './news.js';

/** Milliseconds, one for each. */
export interface Lags {
  /** From the answered result to its card. */
  readonly posted: Against;
  /** From the answered news to the card that shows it, or something later: all of the three below. */
  readonly redrawn: Against;
  readonly started: readonly number[];
  readonly ended: readonly number[];
  readonly overtaken: readonly number[];
  /** News that no card shows. */
  readonly unshown: number;
}

interface Against {
  readonly measured: readonly number[];
  /** The same, had nothing but Slack's limit held it up. */
  readonly best: readonly number[];
  /** How much later than at best. */
  readonly behind: readonly number[];
}

/** Slack's limits: one post a second and channel; updates are of tier 3. */
const POSTS = { perMinute: 60, burst: 1 };
const UPDATES = { perMinute: 50, burst: 50 };

/** How far a text shows the way of a change: from its result by way of a release to the end of that. */
const PHASES = [/(passed|failed) staging/, /superseded/, /queued|starting|unknown/, /deploying/, /live|in production/];
const OVERTAKEN = 1;
const STARTED = 3;
const ENDED = 4;

function phaseOf(text: string): number {
  const words = text.slice(text.indexOf('”') + 1).split('\n')[0] ?? '';
  // Its first words are its state; what it says after that may be of another.
  const [first = -1] = PHASES.map((one, phase) => ({ at: words.search(one), phase }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
    .map(({ phase }) => phase);
  return first;
}

/** Compares the news with what the cards showed, and when. `others`: when something else was to be posted in a channel. */
export function lagsOf(
  news: readonly News[],
  messages: readonly Message[],
  others: ReadonlyMap<string, readonly number[]>,
): Lags {
  const cards = new Map(messages.map((one) => [one.text.split(' ').slice(0, 2).join(' '), one]));
  const cardOf = ({ service, sha }: News) => cards.get(`${service.name} ${sha.slice(0, 7)}`);
  const shownAt = (card: Message, phase: number) => card.drawings.find((one) => phaseOf(one.text) >= phase)?.at;
  const results = news.filter((one) => one.what === 'result');
  let unshown = 0;
  const lag = (one: News, at: number | undefined): number[] => {
    if (at === undefined) unshown += 1;
    return at === undefined ? [] : [Math.max(0, at - one.at)];
  };

  const posted = results.flatMap((one) => lag(one, cardOf(one)?.drawings[0]?.at));
  const during = (what: News['what'], phase: number) =>
    news.filter((one) => one.what === what).flatMap((one) => lag(one, shownAt(cardOf(one) as Message, phase)));
  const started = during('started', STARTED);
  const ended = during('ended', ENDED);
  const overtaken: number[] = [];
  for (const [n, one] of results.entries()) {
    const by = results.slice(n + 1).find((other) => other.service === one.service && other.passed);
    const [first, ...later] = cardOf(one)?.drawings ?? [];
    const at = later.find((drawing) => phaseOf(drawing.text) === OVERTAKEN)?.at;
    // One that was posted after it was overtaken is no redrawing.
    if (by && first && at !== undefined && first.at < by.at) overtaken.push(Math.max(0, at - by.at));
  }

  const channels = [...new Set(news.map((one) => one.service.channel))];
  const posts = channels.map((channel) => {
    const own = results.filter((one) => one.service.channel === channel).map((one) => one.at);
    const best = atBest([...own, ...(others.get(channel) ?? [])], POSTS);
    const through = messages.filter((one) => one.channel === channel).map((one) => one.drawings[0]?.at ?? 0);
    return { best: atBest(own, POSTS).map((at, index) => at - (own[index] ?? at)), behind: behind(through, best) };
  });
  const causes: number[] = [];
  const updates: number[] = [];
  for (const card of cards.values()) {
    const service = card.text.split(' ')[0];
    const about = news.filter((one) => one.service.name === service).map((one) => one.at);
    for (const { at } of card.drawings.slice(1)) {
      updates.push(at);
      causes.push(Math.max(card.drawings[0]?.at ?? 0, ...about.filter((time) => time <= at)));
    }
  }
  causes.sort((a, b) => a - b);
  const best = atBest(causes, UPDATES);
  return {
    posted: {
      measured: posted,
      best: posts.flatMap((one) => one.best),
      behind: posts.flatMap((one) => one.behind),
    },
    redrawn: {
      measured: [...started, ...ended, ...overtaken],
      best: best.map((at, n) => at - (causes[n] ?? at)),
      behind: behind(updates, best),
    },
    ...{ started, ended, overtaken, unshown },
  };
}

export interface Dispatched {
  /** From the press, as it is sent, to the request that starts the run. */
  readonly fromLast: readonly number[];
  /** The same from the first press of somebody who was told to try again. */
  readonly fromFirst: readonly number[];
  readonly presses: number;
  /** Presses after which somebody was told to try again. */
  readonly repeated: number;
  /** People whose presses led to no request. */
  readonly without: number;
}

/** Compares the presses with the requests that GitHub had. */
export function dispatchesOf(pressers: readonly Presser[], calls: readonly RecordedCall[]): Dispatched {
  const starts = calls.filter((call) => call.path.endsWith('/dispatches'));
  const fromLast: number[] = [];
  const fromFirst: number[] = [];
  for (const { service, sha7, sent } of pressers) {
    const start = starts.find(({ path, body }) => {
      const { sha } = (body as { inputs: { sha: string } }).inputs;
      return path.includes(`/${service.repository}/`) && path.includes(`-${service.place}.yml`) && sha.startsWith(sha7);
    });
    const at = start?.at.getTime();
    if (at === undefined) continue;
    fromLast.push(Math.max(0, at - (sent.filter((time) => time <= at).at(-1) ?? at)));
    fromFirst.push(Math.max(0, at - (sent[0] ?? at)));
  }
  const presses = pressers.reduce((sum, one) => sum + one.sent.length, 0);
  return {
    ...{ fromLast, fromFirst, presses },
    repeated: presses - pressers.length,
    without: pressers.length - fromLast.length,
  };
}
