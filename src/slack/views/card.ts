import type { Card, CardState } from '../../core/card.js';
import type { Change } from '../../core/change/change.js';
import { ownStatus } from '../../core/change/results.js';
import { formatDuration } from '../../core/duration.js';
import { leadsTo } from '../buttons.js';
import { answeredLines } from './answered.js';
import { resultLines } from './card-results.js';
import { drawState } from './card-state.js';
import { jobsInShort, spoken } from './jobs.js';
import { actions, type Message, message } from './message.js';
import { bold, bullets, date, emoji, joined, line, link, type Phrase, richText, sha, theirs } from './rich.js';
import { slowestTest, testsInShort } from './tests.js';
import { ticketList } from './tickets.js';
import { unusual } from './took.js';
import { quoted } from './words.js';

/**
 * The one message of a change, in any state. It names its own short SHA and title before any other's, and has only the
 * buttons of its state.
 */
export function cardMessage(card: Card): Message {
  const { service, change } = card;
  const state = drawState(card);
  const stateLine: Phrase = [bold(state.words), ...state.detail];
  const back = 'rollBackTo' in card.state ? card.state.rollBackTo : null;
  const lines = [
    ...resultLines(card.results),
    ...state.lines,
    ...answersOf(card.state),
    ...(card.rerun ? [rerunLine(card.rerun)] : []),
  ];
  return message(
    [[service, ' ', sha(change.sha), ' ', ...quoted(change.title), ' ', ...stateLine], ...state.failing, ...lines],
    [
      richText(
        line(bold(service), ' · ', link(change.pullRequest?.url ?? commitUrl(card), change.title, undefined, 'bold')),
        line(...aboutChange(card)),
        line(emoji(state.mark), ' ', ...stateLine, ...(state.run ? [' · ', link(state.run, 'run')] : [])),
        ...bullets(state.failing),
        ...lines.map((phrase) => line(...phrase)),
      ),
      ...actions(state.buttons, back ? leadsTo(back.key) : undefined),
    ],
    card.timezone,
  );
}

/** Of the deployment that the card is about, also after its end. */
function answersOf(state: CardState): Phrase[] {
  const about = 'deployment' in state ? state.deployment : 'after' in state ? state.after : null;
  return about ? answeredLines(about) : [];
}

function aboutChange(card: Card): Phrase {
  const { change } = card;
  const { staging, pullRequest, tickets, jobs } = change;
  const parts: Phrase[] = [[sha(change.sha, commitUrl(card)), ' by ', theirs(change.author, 60)]];
  if (pullRequest) parts.push([link(pullRequest.url, `#${pullRequest.number}`)]);
  if (tickets.length > 0) parts.push(ticketList(tickets));
  parts.push([link(staging.url, stagingResult(staging))]);
  if (staging.attempt > 1) parts.push([`attempt ${staging.attempt}`]);
  const result = testsInShort(change) ?? (ownStatus(staging) === 'running' ? null : jobsInShort(jobs));
  if (result) parts.push(result);
  parts.push(...slowestTest(change));
  return joined(parts);
}

/** Its words differ from those of the card's states, so that a state's words appear only on cards in that state. */
function stagingResult(staging: Change['staging']): string {
  const { conclusion, attempt, startedAt, finishedAt, usualMs } = staging;
  const status = ownStatus(staging);
  if (status === 'running') return 'staging is running';
  const ms = finishedAt && finishedAt.getTime() - startedAt.getTime();
  const took = ms === null ? null : `${formatDuration(ms)}${attempt === 1 ? unusual(ms, usualMs) : ''}`;
  if (status === 'passed') return took ? `staging ok in ${took}` : 'staging ok';
  const ended = conclusion === null || conclusion === 'failure' ? 'red' : spoken(conclusion);
  return took ? `staging ${ended} after ${took}` : `staging ${ended}`;
}

function rerunLine(run: NonNullable<Card['rerun']>): Phrase {
  const { attempt, url, actor, status, conclusion, startedAt } = run;
  const ended = theirs(spoken(conclusion ?? status), 60);
  return [
    link(url, `re-run, attempt ${attempt}`),
    ' on GitHub by ',
    theirs(actor, 60),
    ', ',
    date(startedAt),
    ': ',
    ended,
  ];
}

/** The commit on the same host as its staging run. */
function commitUrl({ repository, change }: Card): string | null {
  const { url } = change.staging;
  return URL.canParse(url) ? `${new URL(url).origin}/${repository}/commit/${change.sha}` : null;
}
