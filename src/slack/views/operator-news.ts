import type { ChangeRef } from '../../core/change/change.js';
import type { OperatorNews } from '../../core/decision.js';
import type { Deployment } from '../../core/deployment/deployment.js';
import type { Names } from '../../core/report.js';
import { shown } from '../limits.js';
import { giveUp } from './card-stuck.js';
import { answer, type Message } from './message.js';
import { who } from './people.js';
import { date, emoji, link, type Phrase, theirs } from './rich.js';
import { statusOf } from './stage-words.js';
import { MARK, named, runUrl } from './words.js';

export interface News {
  readonly about: OperatorNews;
  readonly service: string;
  readonly repository: string;
  readonly deployment: Deployment;
  readonly change: ChangeRef;
  /** The run that this is about; null for the deployment's own. A stray run is not the deployment's. */
  readonly url: string | null;
}

/** For the operators: what happened, and what a person must do. */
export function operatorNewsMessage(news: News, names: Names): Message {
  const { deployment } = news;
  const url = news.url ?? runUrl(deployment);
  const whose: Phrase = [
    `Requested by ${who(deployment.requestedBy, names)}, `,
    date(deployment.requestedAt),
    ...(url ? [' · ', link(url, 'run')] : []),
    '.',
  ];
  const { mark, what, mend } = tell(news, names);
  return answer([
    [emoji(mark), ' ', theirs(news.service, shown.name, 'bold'), ' ', ...named(news.change), ' ', ...what],
    mend,
    whose,
  ]);
}

function tell(
  { about, deployment, repository, service }: News,
  names: Names,
): { mark: string; what: Phrase; mend: Phrase } {
  switch (about) {
    case 'hung':
      return {
        mark: MARK.hung,
        what: [
          'is hung',
          ...('hungAt' in deployment ? [' since ', date(deployment.hungAt)] : []),
          ': its run is taking longer than its timeout and blocks the service.',
        ],
        mend: ['Look at the run, then let it end or press Cancel on the card. ', ...giveUp(service), '.'],
      };
    case 'unknown':
      return {
        mark: MARK.unknown,
        what: ['is unknown: GitHub gave no usable answer to its start, and has not said since whether there is a run.'],
        mend: [
          'Look at the runs of ',
          theirs(repository, shown.title),
          '. Pushbutton looks it up until GitHub answers, and never sends it twice.',
        ],
      };
    case 'cancel refused':
      return {
        mark: MARK.hung,
        what: ['could not be cancelled: GitHub refuses. It is still running.'],
        mend: ['Look at the run, and at the permissions of the App or token: it needs actions: write.'],
      };
    case 'not cancelled':
      return {
        mark: MARK.hung,
        what: [
          'should have been cancelled a minute ago, but GitHub has not done it. It is still running and blocks the service.',
        ],
        mend: [
          'Look at the run, and at the permissions of the App or token: it needs actions: write. Pushbutton keeps asking. ',
          ...giveUp(service),
          '.',
        ],
      };
    case 'lost':
      return {
        mark: MARK.lost,
        what: [
          'is lost: GitHub gave no usable answer to its start, and no run was found, though GitHub answered for 60 s.',
        ],
        mend: [
          'Look at the runs of ',
          theirs(repository, shown.title),
          '. If there is none, press Retry on the card; a run found within an hour is followed.',
        ],
      };
    case 'run gone':
      return {
        mark: MARK.lost,
        what: ['is lost: GitHub no longer has its run. Somebody may have deleted it.'],
        mend: ['Check what the run had done by then. The service is free; press Retry on the card to deploy it again.'],
      };
    case 'given up':
      return {
        mark: MARK.lost,
        what: [
          'was given up',
          ...('endedBy' in deployment && deployment.endedBy ? [` by ${who(deployment.endedBy, names)}`] : []),
          ...('reason' in deployment && deployment.reason ? [': ', theirs(deployment.reason, shown.reason)] : []),
          '. The service is free; GitHub may still carry the run out.',
        ],
        mend: ['Cancel it in GitHub if it stays. Pushbutton keeps asking for that, and shows what the run still does.'],
      };
    case 'lost run found':
      return {
        mark: MARK.deploying,
        what: [`was lost, but its run was found and is followed again: ${statusOf(deployment)}.`],
        mend: ['Nothing needs to be done, unless somebody has deployed by hand in the meantime.'],
      };
    case 'roll back failed':
      return {
        mark: MARK.failed,
        what: [
          deployment.kind === 'roll back'
            ? `is the rollback that began by itself, and it did not go live: ${statusOf(deployment)}.`
            : 'failed, and there is nothing to roll back to.',
        ],
        mend: [
          'The service is paused: nothing is tried again. Press Retry, or Resume on the card and deploy what mends it.',
        ],
      };
    case 'waits for continue':
      return {
        mark: MARK.waiting,
        what: [
          `has waited for Continue for a day: ${statusOf(deployment)}. Until then, nothing else of it is deployed.`,
        ],
        mend: ['Press Continue, Stop here or Roll back on the card. Every deployer of the service may.'],
      };
    case 'stray run':
      return {
        mark: MARK.hung,
        what: [
          'endedBy' in deployment && deployment.endedBy
            ? 'was given up; its run goes on all the same, and is cancelled if it has not ended.'
            : 'was lost; its run appeared after another had taken its place, and is cancelled if it has not ended.',
        ],
        mend: ['Check what the run has done, and that the version in production is the one on the newest card.'],
      };
    case 'stray refused':
      return {
        mark: MARK.hung,
        what: [
          'was lost; its run appeared after another had taken its place, and GitHub refuses to cancel it. It is still running.',
        ],
        mend: [
          'Cancel it in the runs of ',
          theirs(repository, shown.title),
          ', and check that the version in production is the one on the newest card.',
        ],
      };
  }
}
