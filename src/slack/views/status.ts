import type { Button } from '@slack/types';
import type { ChangeRef } from '../../core/change/change.js';
import type { Names, ServicePage, ServiceStatus } from '../../core/report.js';
import type { OutsideRun } from '../../core/service/service.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { gateLine, pauseLine } from './card-gates.js';
import { resultsInShort } from './card-results.js';
import { andMore, asBlocks, fitted, type Group } from './fold.js';
import { spoken } from './jobs.js';
import { actions, answer, type Message, message } from './message.js';
import { forWhen, paceLine } from './pace.js';
import { who } from './people.js';
import { bold, bullets, date, emoji, joined, line, link, type Phrase, richText, sha, theirs } from './rich.js';
import { statusOf } from './stage-words.js';
import { halfDeployed, stagesNow } from './status-stages.js';
import { ASKED, counted, MARK, named, runLink, runUrl, STATUS } from './words.js';

const MOST_QUEUED = 5;

/**
 * What is live, running, waiting and queued in each service. Many services are drawn shorter, so that all fit; of more, a
 * page is shown, with buttons for the others.
 */
export function statusMessage(shows: ServicePage, timezone: string): Message {
  const { statuses, names, services, page, pages } = shows;
  if (statuses.length === 0) return answer([['No service is configured.']]);
  const { groups, leftOut } = fitted(statusDrawings(statuses, names), ROOM);
  const which = pages > 1 ? `, page ${page} of ${pages}, active ones first` : '';
  const opening: Phrase = [`Status of ${counted(services, 'service')}${which}:`];
  const spokenOf = statuses.map((status): Phrase => [theirs(status.service, shown.name), ' ', ...short(status)]);
  const blocks = [
    ...(pages > 1 ? [richText(line(...opening))] : []),
    ...asBlocks(groups),
    ...andMore(leftOut, 'services: /release status SERVICE'),
    ...actions(pageButtons(shows)),
  ];
  return message(statuses.length === 1 ? spokenOf : [opening, ...spokenOf], blocks, timezone);
}

/** Characters for everything but the services. */
const ROOM = 400;

/** The buttons that lead to the pages before and after this one. */
export const pageButtons = ({ page, pages }: Pick<ServicePage, 'page' | 'pages'>): Button[] => [
  ...(page > 1 ? [button('previous page', String(page - 1))] : []),
  ...(page < pages ? [button('next page', String(page + 1))] : []),
];

/** Where to find the card of a change, as the end of a line; nothing if that is not shown. */
export type CardOf = (change: Pick<ChangeRef, 'id'>) => Phrase;

/** The same services drawn shorter and shorter, one group each, for `fitted`. */
export function statusDrawings(
  statuses: readonly ServiceStatus[],
  names: Names,
  cardOf: CardOf = () => [],
): readonly (readonly Group[])[] {
  return [
    statuses.map((status) => full(status, names, cardOf)),
    statuses.map((status) => [
      line(...joined([headline(status, names, cardOf), ...halfDeployed(status), ...going(status)])),
    ]),
    asList(statuses.map((status): Phrase => [bold(status.service), ' ', ...short(status)])),
    asList(statuses.map((status): Phrase => [bold(status.service), ' ', ...shortest(status)])),
  ];
}

const asList = (phrases: readonly Phrase[]): Group[] => phrases.map((phrase) => bullets([phrase]));

function full(status: ServiceStatus, names: Names, cardOf: CardOf): Group {
  const { active, queue, scheduled, pace, asks, gates, pause, waiting, outside } = status;
  const queued = queue.slice(0, MOST_QUEUED).map(({ deployment, change }, index): Phrase => {
    const place = index + 1 + (active ? 1 : 0);
    const asked = ` · ${ASKED[deployment.kind]} ${who(deployment.requestedBy, names)}`;
    return [`${STATUS[deployment.status]}, place ${place}: `, ...named(change), asked, ...cardOf(change)];
  });
  const lines: Phrase[] = [
    ...(active
      ? [
          [
            emoji(MARK[active.deployment.status]),
            ` ${statusOf(active.deployment)} `,
            ...named(active.change),
            ...runLink(active.deployment),
            ` · ${ASKED[active.deployment.kind]} ${who(active.deployment.requestedBy, names)}`,
            ...cardOf(active.change),
          ],
        ]
      : []),
    ...stagesNow(status, names),
    ...queued,
    ...(queue.length > MOST_QUEUED ? [[`and ${queue.length - MOST_QUEUED} more queued`]] : []),
    ...(pace ? [['the next starts ', ...paceLine(pace)]] : []),
    ...scheduled.slice(0, MOST_QUEUED).map(({ deployment, change }): Phrase => {
      const asked = ` · ${ASKED[deployment.kind]} ${who(deployment.requestedBy, names)}`;
      return [STATUS[deployment.status], ...forWhen(deployment), ': ', ...named(change), asked, ...cardOf(change)];
    }),
    ...(scheduled.length > MOST_QUEUED ? [[`and ${scheduled.length - MOST_QUEUED} more queued for later`]] : []),
    ...asks.map(({ deployment, change }): Phrase => {
      const asked = ` · ${ASKED[deployment.kind]} ${who(deployment.requestedBy, names)}`;
      return [emoji(MARK.waiting), ` ${STATUS.waiting}: `, ...named(change), asked, ...cardOf(change)];
    }),
    ...gates.map((gate): Phrase => [emoji('lock'), ' ', ...gateLine(gate, names)]),
    ...(pause ? [[emoji('lock'), ' ', ...pauseLine(pause, names)]] : []),
    ...(waiting
      ? [['waiting for Deploy: ', ...named(waiting), ' · passed staging ', date(waiting.passedAt), ...cardOf(waiting)]]
      : []),
    ...(status.awaits ? [awaitsLine(status.awaits)] : []),
    ...outside.map(outsideLine),
  ];
  return [line(...joined([headline(status, names, cardOf), ...halfDeployed(status)])), ...bullets(lines)];
}

function headline(status: ServiceStatus, names: Names, cardOf: CardOf): Phrase {
  const { live } = status;
  const service = bold(status.service);
  switch (live.is) {
    case 'nothing':
      return [service, ' · nothing live yet'];
    case 'known': {
      const by = who(live.deployment.requestedBy, names);
      return [
        service,
        ' · ',
        emoji(MARK.live),
        ' live ',
        ...named(live.change, runUrl(live.deployment)),
        ` · by ${by} since `,
        date(live.since),
        ...cardOf(live.change),
      ];
    }
    case 'outside':
      return [
        service,
        ' · ',
        emoji('grey_question'),
        ' what is live is not known: a ',
        link(live.run.url, 'run outside Pushbutton'),
        ' started ',
        date(live.run.startedAt),
        ...(live.before ? [', after ', sha(live.before.sha, runUrl(live.before))] : []),
      ];
  }
}

const awaitsLine = ({ change, results }: NonNullable<ServiceStatus['awaits']>): Phrase => [
  'waits for results: ',
  ...named(change),
  ...resultsInShort(results).flatMap((one): Phrase => [' · ', ...one]),
];

const outsideLine = ({ url, actor, startedAt, status, conclusion, attempt, deploymentId }: OutsideRun): Phrase => [
  link(url, deploymentId === null ? 'run outside Pushbutton' : `re-run, attempt ${attempt}`),
  ' by ',
  theirs(actor, shown.name),
  ', ',
  date(startedAt),
  ': ',
  theirs(spoken(conclusion ?? status), shown.name),
];

/** Without titles, people and times. */
function short(status: ServiceStatus): Phrase {
  const { live } = status;
  if (live.is === 'known')
    return joined([['live ', sha(live.deployment.sha)], ...halfDeployed(status), ...going(status)]);
  const unknown = live.is === 'nothing' ? 'nothing live yet' : 'live not known: run outside Pushbutton';
  return joined([[unknown], ...going(status)]);
}

/** What is under way beside what is live, in a few words each. */
function going({ live, active, queue, scheduled, asks, gates, pause, waiting, outside }: ServiceStatus): Phrase[] {
  const parts: Phrase[] = [];
  if (active) parts.push([`${statusOf(active.deployment)} `, sha(active.deployment.sha)]);
  if (queue.length > 0) parts.push([`${queue.length} queued`]);
  if (scheduled.length > 0) parts.push([`${scheduled.length} queued for later`]);
  if (asks.length > 0) parts.push([`${asks.length} waiting for approval`]);
  if (waiting) parts.push([sha(waiting.sha), ' is waiting']);
  for (const { gate } of gates) parts.push([gate]);
  if (pause) parts.push(['paused']);
  if (live.is !== 'outside' && outside.length > 0) parts.push([`${counted(outside.length, 'run')} outside`]);
  return parts;
}

/** What is live, and the one other thing that matters most. */
function shortest(status: ServiceStatus): Phrase {
  const { live, active, queue, waiting } = status;
  const next = active ? statusOf(active.deployment) : queue.length > 0 ? 'queued' : waiting ? 'waiting' : null;
  return joined([
    live.is === 'known' ? ['live ', sha(live.deployment.sha)] : ['live not known'],
    ...(next ? [[next]] : halfDeployed(status)),
  ]);
}
