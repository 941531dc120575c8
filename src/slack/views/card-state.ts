import type { Card, CardState } from '../../core/card.js';
import { hasNoResult } from '../../core/change/change.js';
import { ownStatus } from '../../core/change/results.js';
import type { Ended } from '../../core/deployment/deployment.js';
import { isBlocked } from '../../core/mine.js';
import type { Names } from '../../core/report.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { offered } from './card-gates.js';
import { drawProduction } from './card-production.js';
import { ended } from './ends.js';
import { failingJobs, spoken } from './jobs.js';
import { who } from './people.js';
import { date, link, type Phrase, sha, theirs } from './rich.js';
import { wouldShip } from './ships.js';
import { nothing, type StateDrawing } from './state-drawing.js';
import { failingTests } from './tests.js';
import { named } from './words.js';

type Of<K extends CardState['is']> = Extract<CardState, { is: K }>;

/** Words, marks and buttons of the card's state. */
export function drawState(card: Card): StateDrawing {
  const { state } = card;
  switch (state.is) {
    case 'staging runs again':
      return { ...nothing, mark: 'arrows_counterclockwise', words: 'staging runs again' };
    case 'waits for results':
      return { ...nothing, mark: 'hourglass_flowing_sand', words: 'waits for results' };
    case 'failed staging':
      return failedStaging(card, state);
    case 'passed staging': {
      const { words, lines, buttons } = offered(card, state.stands, state.ships);
      return {
        ...nothing,
        mark: 'white_check_mark',
        words: 'passed staging',
        detail: [...words, ...(state.after ? [' · ', ...ended(state.after, card.names)] : [])],
        lines: [
          wouldShip(state.ships, !isBlocked(state.stands)),
          ...lines,
          ...rolledBack(state.rolledBack, card.names),
          ...undone(card, state.rolledBack),
        ],
        buttons,
      };
    }
    case 'superseded':
      return {
        ...nothing,
        mark: 'fast_forward',
        words: 'superseded by',
        detail: [' ', ...named(state.by), ...(state.after ? [' · ', ...ended(state.after, card.names)] : [])],
        lines: [...rolledBack(state.rolledBack, card.names), ...undone(card, state.rolledBack)],
      };
    default:
      return drawProduction(card, state);
  }
}

function failedStaging(card: Card, state: Of<'failed staging'>): StateDrawing {
  const { change } = card;
  if (ownStatus(change.staging) !== 'failed') return failedResults(card, state);
  const { conclusion, url } = change.staging;
  const failing = failingJobs(change.jobs);
  const tests = failingTests(change.tests);
  const noResult = hasNoResult(change);
  const why: Phrase = conclusion === null || conclusion === 'failure' ? [] : [`: ${spoken(conclusion)}`];
  const refused = change.rerunRefused;
  return {
    ...nothing,
    mark: noResult ? 'heavy_minus_sign' : 'x',
    words: noResult ? `staging was ${conclusion}` : 'failed staging',
    detail: noResult ? [': it has no result, so it cannot be deployed'] : why,
    failing: noResult ? [] : [...failing, ...tests],
    lines: [
      ...(failing.length === 0 && !noResult ? [['For the failing job, see ', link(url, 'the run')]] : []),
      ...(state.rerunAsked ? [['A re-run was requested; it has not started yet']] : []),
      ...(refused === null
        ? []
        : [['GitHub will not run it again: ', theirs(refused, shown.reason), '. A new push gets a new run']]),
    ],
    buttons: state.rerunAsked || refused !== null ? [] : [button('re-run', change.key)],
  };
}

/** Something failed that is required beside the push run: its line says so. Only runs can be run again by GitHub. */
function failedResults({ change, results = [] }: Card, state: Of<'failed staging'>): StateDrawing {
  const failed = results.filter(({ status }) => status === 'failed');
  const canRerun = failed.some(({ isRun }) => isRun);
  return {
    ...nothing,
    mark: 'x',
    words: 'failed staging',
    lines: [
      ...(state.rerunAsked ? [['A re-run was requested; it has not started yet']] : []),
      ...(canRerun ? [] : [['It is run again where it comes from: GitHub runs only workflows again']]),
    ],
    buttons: state.rerunAsked || !canRerun ? [] : [button('re-run', change.key)],
  };
}

/** A rollback that was requested on this card, and what it restored. */
function rolledBack(to: Ended | null, names: Names): Phrase[] {
  return to ? [['Rolled back to ', sha(to.sha), ` by ${who(to.requestedBy, names)}, `, date(to.endedAt)]] : [];
}

/** Says that a rollback from another card removed this change from production. */
const undone = ({ change }: Card, told: Ended | null): Phrase[] =>
  change.undoneBy !== null && told === null ? [['Removed from production by a rollback']] : [];
