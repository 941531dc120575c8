import type { ChangeRef } from '../../core/change/change.js';
import type { OperatorNews } from '../../core/decision.js';
import type { Deployment } from '../../core/deployment/deployment.js';
import type { Names } from '../../core/report.js';
import { shown } from '../limits.js';
import { answer, type Message } from './message.js';
import { who } from './people.js';
import { date, emoji, link, type Phrase, theirs } from './rich.js';
import { MARK, named, runUrl, STATUS } from './words.js';

export interface News {
  readonly about: OperatorNews;
  readonly service: string;
  readonly repository: string;
  readonly deployment: Deployment;
  readonly change: ChangeRef;
  /** The run that this is about; the deployment's own where it is null. A stray run is not the deployment's. */
  readonly url: string | null;
}

/** For the operators: what happened, and what a person has to do. */
export function operatorNewsMessage(news: News, names: Names): Message {
  const { deployment } = news;
  const url = news.url ?? runUrl(deployment);
  const whose: Phrase = [
    `Asked by ${who(deployment.requestedBy, names)}, `,
    date(deployment.requestedAt),
    ...(url ? [' · ', link(url, 'run')] : []),
    '.',
  ];
  const { mark, what, mend } = tell(news);
  return answer([
    [emoji(mark), ' ', theirs(news.service, shown.name, 'bold'), ' ', ...named(news.change), ' ', ...what],
    mend,
    whose,
  ]);
}

function tell({ about, deployment, repository }: News): { mark: string; what: Phrase; mend: Phrase } {
  switch (about) {
    case 'hung':
      return {
        mark: MARK.hung,
        what: [
          'is hung',
          ...('hungAt' in deployment ? [' since ', date(deployment.hungAt)] : []),
          ': its run takes longer than its time and keeps the service.',
        ],
        mend: ['Look at the run, then let it end or press Cancel on the card.'],
      };
    case 'unknown':
      return {
        mark: MARK.unknown,
        what: ['is unknown: GitHub gave no usable answer to its start, and does not say since whether there is a run.'],
        mend: [
          'Look at the runs of ',
          theirs(repository, shown.title),
          '. It is looked up until GitHub answers, and never sent twice.',
        ],
      };
    case 'cancel refused':
      return {
        mark: MARK.hung,
        what: ['was to be cancelled, and GitHub refuses that. It goes on.'],
        mend: ['Look at the run, and at what the App or token may do: it needs actions: write.'],
      };
    case 'not cancelled':
      return {
        mark: MARK.hung,
        what: ['was to be cancelled a minute ago, and GitHub has not done it. It goes on, and keeps the service.'],
        mend: [
          'Look at the run, and at what the App or token may do: it needs actions: write. It is asked again by itself.',
        ],
      };
    case 'lost':
      return {
        mark: MARK.lost,
        what: [
          'is lost: GitHub gave no usable answer to its start, and no run was found while GitHub answered for 60 s.',
        ],
        mend: [
          'Look at the runs of ',
          theirs(repository, shown.title),
          '. If there is none, press Retry on the card; a run found within an hour is followed.',
        ],
      };
    case 'lost run found':
      return {
        mark: MARK.deploying,
        what: [`was lost and its run is found: it is followed again: ${STATUS[deployment.status]}.`],
        mend: ['Nothing needs to be done, unless somebody has deployed by hand meanwhile.'],
      };
    case 'stray run':
      return {
        mark: MARK.hung,
        what: ['was lost; its run turned up after another had taken its place, and is cancelled if it has not ended.'],
        mend: ['Look what the run has done, and that production runs what the newest card says.'],
      };
    case 'stray refused':
      return {
        mark: MARK.hung,
        what: [
          'was lost; its run turned up after another had taken its place, and GitHub refuses to cancel it. It goes on.',
        ],
        mend: [
          'Cancel it among the runs of ',
          theirs(repository, shown.title),
          ', and look that production runs what the newest card says.',
        ],
      };
  }
}
