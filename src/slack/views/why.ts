import type { Ships } from '../../core/card.js';
import { shortSha } from '../../core/change/change.js';
import type { Asks } from '../../core/deployment/asks.js';
import { mayDeploy, type RuleAsked, type Why } from '../../core/deployment/why.js';
import { formatDuration } from '../../core/duration.js';
import type { Untold } from '../../core/facts.js';
import type { Names } from '../../core/report.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { capitalised, pauseLine } from './card-gates.js';
import { actions, type Message, message } from './message.js';
import { paceLine, statusOf } from './pace.js';
import { everyone, who } from './people.js';
import { explained } from './refusal.js';
import { code, date, emoji, line, link, type Phrase, richText, sha, theirs } from './rich.js';
import { besides, deployAsks } from './ships.js';
import { counted, named } from './words.js';

/**
 * Every rule that a deployment of a change would be asked, those in its way first, with its mark, its numbers, and who can
 * change it. With its Deploy button where nothing stands between. `asks`: what Deploy asks first.
 */
export function whyMessage(why: Why, ships: Ships | null, names: Names, asks: Asks | null = null): Message {
  const { service, change, rules } = why;
  const opening: Phrase = [theirs(service, shown.name, 'bold'), ' ', ...named(change), ' ', ...verdictOf(why)];
  const first = rules.toSorted((a, b) => ORDER.indexOf(a.verdict.is) - ORDER.indexOf(b.verdict.is));
  const asked = first.map((rule): Phrase => [emoji(MARKS[rule.verdict.is]), ' ', ...wordsOf(rule, names)]);
  const paused = whilePaused(why, names).map((phrase): Phrase => [emoji('lock'), ' ', ...phrase]);
  const after = whatFollows(why, names).map((phrase): Phrase => [emoji('hourglass_flowing_sand'), ' ', ...phrase]);
  const offers = offersDeploy(why);
  const question = deployAsks(asks !== null, service, change.sha, ships);
  return message(
    [opening, ...paused, ...asked, ...after],
    [
      richText(line(...opening), ...[...paused, ...asked, ...after].map((phrase) => line(...phrase))),
      ...actions(offers ? [button('deploy', change.key, question)] : []),
    ],
  );
}

/** The ids whose names it shows. */
export function peopleIn({ rules, after, pause }: Why): string[] {
  const refusals = rules.flatMap(({ verdict }) => (verdict.is === 'refuses' ? [verdict.refusal] : []));
  const named = refusals.flatMap((one) => Object.values(one).flat()).filter((one) => typeof one === 'string');
  return [...named, ...(pause ? [pause.by] : []), ...after.approvers];
}

/** Whether the answer has the Deploy button: the newest change has it, as on its card, if nothing is in its way. */
export const offersDeploy = (why: Why): boolean =>
  mayDeploy(why) && !why.underWay && !why.newer && !why.after.overtakenBy && !why.pause;

const MARKS: Readonly<Record<RuleAsked['verdict']['is'], string>> = {
  passes: 'white_check_mark',
  asks: 'warning',
  refuses: 'x',
  'not known': 'grey_question',
};

function verdictOf({ change, rules, underWay, after, newer, pause }: Why): Phrase {
  if (underWay) return ['is under way: ', ...statusOf(underWay), '.'];
  const [unmet, unknown] = [rulesThat('refuses', rules), rulesThat('not known', rules)];
  const against = unmet + unknown;
  if (against > 0) {
    const notMet = unmet === 0 ? [] : [`${against === 1 ? 'is' : 'are'} not met`];
    const why = [...notMet, ...(unknown === 0 ? [] : ['could not be checked'])].join(' or ');
    return [`cannot be deployed by you now: ${counted(against, 'rule')} ${why}.`];
  }
  if (after.overtakenBy) return ['would be refused when its turn comes, because a newer change goes before it.'];
  const can = after.approvals > 0 ? 'can be requested by you now' : 'can be deployed by you now';
  const then = pause ? `${can}, but only by hand.` : `${can}.`;
  const aside = change.aside === 'touches nothing' ? ' It touches none of the paths of this service.' : '';
  return newer ? [then, ' A newer change passed staging, too.', aside] : [then, aside];
}

const rulesThat = (is: RuleAsked['verdict']['is'], rules: readonly RuleAsked[]): number =>
  rules.filter(({ verdict }) => verdict.is === is).length;

/** Why it does not deploy by itself, and what ends that. */
function whilePaused(why: Why, names: Names): Phrase[] {
  const { service, change, pause, newer, underWay } = why;
  if (!pause || underWay) return [];
  const resume: Phrase = ['. A deployer can press Resume on the card, or type ', code(`/release resume ${service}`)];
  const alone: Phrase =
    mayDeploy(why) && !newer ? ['; this change alone goes with ', code(deployTyped(service, change.sha))] : [];
  return [[...capitalised(pauseLine(pause, names)), ...resume, ...alone, '.']];
}

const deployTyped = (service: string, fullSha: string): string => `/release deploy ${service} ${shortSha(fullSha)}`;

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
    case 'result':
      return [rule.url ? link(rule.url, rule.result, shown.job) : theirs(rule.result, shown.job), ' is green.'];
    case 'branch':
      return ['It is on ', theirs(rule.branch, shown.name), '.'];
    case 'live':
      if (rule.live === null) return ['Nothing is known to be live before it.'];
      return [
        'It contains what is live, ',
        sha(rule.live),
        ...(rule.aheadBy === null ? [] : [`, and ${counted(rule.aheadBy, 'more change')}${besides(rule)}`]),
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
  result: ['Whether what else is required is green'],
  branch: ['Whether it is on the branch'],
  live: ['Whether it contains what is live'],
  changes: ['How many changes would ship'],
  hold: ['Whether it is marked bad'],
  gate: ['Whether a lock, a freeze or a stop applies'],
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
      `, which is ${statusOf(first)}`,
      ...(ahead.length > 1 ? [`, and ${counted(ahead.length - 1, 'other', 'others')} in the queue`] : []),
      '.',
    ]);
  if (after.pace) phrases.push(['It starts ', ...paceLine(after.pace), '.']);
  if (after.overtakenBy)
    phrases.push([sha(after.overtakenBy.sha), ' is newer: once it is live, this one is older than what is live.']);
  else if (newer && !underWay && mayDeploy(why))
    phrases.push([
      ...named(newer.by),
      ' passed staging later. This one goes with ',
      code(deployTyped(service, change.sha)),
      '.',
    ]);
  return phrases;
}
