import type { Ships } from '../../core/card.js';
import { mayDeploy, type RuleAsked, type Why } from '../../core/deployment/why.js';
import { formatDuration } from '../../core/duration.js';
import type { Untold } from '../../core/facts.js';
import type { Names } from '../../core/report.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { actions, type Message, message } from './message.js';
import { everyone, who } from './people.js';
import { explained } from './refusal.js';
import { code, date, emoji, line, type Phrase, richText, sha, theirs } from './rich.js';
import { deployQuestion } from './ships.js';
import { counted, named, STATUS } from './words.js';

/**
 * Every rule that a deployment of a change would be asked, those in its way first, with its mark, its numbers, and who can
 * change it. With its Deploy button where nothing stands between.
 */
export function whyMessage(why: Why, ships: Ships | null, names: Names): Message {
  const { service, change, rules } = why;
  const opening: Phrase = [theirs(service, shown.name, 'bold'), ' ', ...named(change), ' ', ...verdictOf(why)];
  const first = rules.toSorted((a, b) => ORDER.indexOf(a.verdict.is) - ORDER.indexOf(b.verdict.is));
  const asked = first.map((rule): Phrase => [emoji(MARKS[rule.verdict.is]), ' ', ...wordsOf(rule, names)]);
  const after = whatFollows(why, names).map((phrase): Phrase => [emoji('hourglass_flowing_sand'), ' ', ...phrase]);
  const offers = offersDeploy(why);
  const question = deployQuestion(service, change.sha, ships);
  return message(
    [opening, ...asked, ...after],
    [
      richText(line(...opening), ...[...asked, ...after].map((phrase) => line(...phrase))),
      ...actions(offers ? [button('deploy', change.key, { confirm: question })] : []),
    ],
  );
}

/** The ids whose names it shows. */
export function peopleIn({ rules, after }: Why): string[] {
  const refusals = rules.flatMap(({ verdict }) => (verdict.is === 'refuses' ? [verdict.refusal] : []));
  const named = refusals.flatMap((one) => Object.values(one).flat()).filter((one) => typeof one === 'string');
  return [...named, ...after.approvers];
}

/** Whether the answer has the Deploy button: the newest change has it, if nothing is in its way. */
export const offersDeploy = (why: Why): boolean =>
  mayDeploy(why) && !why.underWay && !why.newer && !why.after.overtakenBy;

const MARKS: Readonly<Record<RuleAsked['verdict']['is'], string>> = {
  passes: 'white_check_mark',
  asks: 'warning',
  refuses: 'x',
  'not known': 'grey_question',
};

function verdictOf({ rules, underWay, after, newer }: Why): Phrase {
  if (underWay) return [`is under way: ${STATUS[underWay.status]}.`];
  const against = rules.filter(({ verdict }) => verdict.is !== 'passes' && verdict.is !== 'asks').length;
  if (against > 0)
    return [`cannot be deployed by you now: ${counted(against, 'rule')} ${against === 1 ? 'is' : 'are'} not met.`];
  if (after.overtakenBy) return ['would be refused when its turn comes, because a newer change goes before it.'];
  const then = after.approvals > 0 ? 'can be requested by you now.' : 'can be deployed by you now.';
  return newer ? [then, ' A newer change passed staging, too.'] : [then];
}

function wordsOf(rule: RuleAsked, names: Names): Phrase {
  const { verdict } = rule;
  if (verdict.is === 'refuses')
    return explained(verdict.refusal, names).flatMap((one, n) => (n === 0 ? one : [' ', ...one]));
  if (verdict.is === 'not known') {
    return [
      ...UNKNOWN[rule.asks],
      ` is not known: ${verdict.whom}`,
      ...saidBy(verdict.because),
      '. Without an answer nothing starts.',
    ];
  }
  switch (rule.asks) {
    case 'person':
      return ['You are one of its deployers.'];
    case 'staging':
      return rule.passedAt ? ['It passed staging ', date(rule.passedAt), '.'] : ['It passed staging.'];
    case 'branch':
      return ['It is on ', theirs(rule.branch, shown.name), '.'];
    case 'live':
      if (rule.live === null) return ['Nothing is known to be live before it.'];
      return [
        'It contains what is live, ',
        sha(rule.live),
        ...(rule.aheadBy === null ? [] : [`, and ${counted(rule.aheadBy, 'more change')}`]),
        '.',
      ];
    case 'changes':
      if (verdict.is === 'asks')
        return [
          `${counted(rule.count ?? 0, 'change')} would ship, more than ${rule.most}: Deploy asks you to confirm that.`,
        ];
      return rule.count === null
        ? [`At most ${counted(rule.most, 'change')} may ship without a confirmation.`]
        : [`${counted(rule.count, 'change')} would ship; up to ${rule.most} need no confirmation.`];
    case 'hold':
      return ['It is not marked bad.'];
    case 'gate':
      return ['Nothing is stopped, locked or frozen.'];
  }
}

/** What stands in the way comes first. */
const ORDER: readonly RuleAsked['verdict']['is'][] = ['refuses', 'not known', 'asks', 'passes'];

/** What Slack or GitHub answers in the place of a fact. */
function saidBy(because: Untold): Phrase {
  if (because === 'unavailable') return [' does not answer'];
  if ('refused' in because) return [' answers: ', theirs(because.refused, shown.reason)];
  if ('failed' in because) return [` answers with an error, ${because.failed}`];
  return [` allows no more questions for ${formatDuration(because.retryAfterMs)}`];
}

/** What is not known, as the beginning of a sentence. */
const UNKNOWN: Readonly<Record<RuleAsked['asks'], Phrase>> = {
  person: ['Whether you are one of its deployers'],
  staging: ['Whether it passed staging'],
  branch: ['Whether it is on the branch'],
  live: ['Whether it contains what is live'],
  changes: ['How many changes would ship'],
  hold: ['Whether it is held'],
  gate: ['Whether anything is locked'],
};

/** What it waits for after the request. */
function whatFollows(why: Why, names: Names): Phrase[] {
  const { service, change, after, newer, underWay } = why;
  const { approvals, approvers, authors, ahead } = after;
  const people = theirs(
    everyone(
      approvers.map((id) => who(id, names)),
      10,
    ),
    800,
  );
  const but = `, but not from whoever requests it${authors ? '' : ' or wrote part of what ships'}.`;
  const phrases: Phrase[] = [];
  if (approvals > 0 && !underWay)
    phrases.push([
      `Then ${counted(approvals, 'approval')} ${approvals === 1 ? 'is' : 'are'} needed, from `,
      people,
      but,
    ]);
  const [first] = ahead;
  if (first)
    phrases.push([
      'It goes after ',
      sha(first.sha),
      `, which is ${STATUS[first.status]}`,
      ...(ahead.length > 1 ? [`, and ${counted(ahead.length - 1, 'other', 'others')} in the queue`] : []),
      '.',
    ]);
  if (after.overtakenBy)
    phrases.push([sha(after.overtakenBy.sha), ' is newer: once it is live, this one is older than what is live.']);
  else if (newer && !underWay && mayDeploy(why))
    phrases.push([
      ...named(newer.by),
      ' passed staging later. This one goes with ',
      code(`/release deploy ${service} ${change.sha.slice(0, 7)}`),
      '.',
    ]);
  return phrases;
}
