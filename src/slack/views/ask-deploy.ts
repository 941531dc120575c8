import type { Ships } from '../../core/card.js';
import type { ChangeRef } from '../../core/change/change.js';
import type { Asks } from '../../core/deployment/asks.js';
import type { Deployment } from '../../core/deployment/deployment.js';
import type { Names } from '../../core/report.js';
import { button } from '../buttons.js';
import { shown } from '../limits.js';
import { answer, type Message } from './message.js';
import { statusOf } from './pace.js';
import { who } from './people.js';
import { date, theirs } from './rich.js';
import { deployAsks, wouldShip } from './ships.js';
import { ASKED, capital, named, runLink } from './words.js';

/** What `/release deploy SERVICE` finds before it requests anything. */
export type AskDeploy =
  | { readonly is: 'nothing passed'; readonly service: string }
  | {
      readonly is: 'live already';
      readonly service: string;
      readonly change: ChangeRef;
      readonly since: Date;
      readonly by: string;
    }
  | { readonly is: 'under way'; readonly service: string; readonly change: ChangeRef; readonly deployment: Deployment }
  | {
      readonly is: 'ready';
      readonly service: string;
      readonly change: ChangeRef;
      readonly ships: Ships | null;
      /** What Deploy asks first. */
      readonly asks: Asks | null;
    };

/** Asks whether to deploy the newest change that passed, with its Deploy button; or says why there is none. */
export function askDeployMessage(ask: AskDeploy, names: Names): Message {
  const service = theirs(ask.service, shown.name, 'bold');
  switch (ask.is) {
    case 'nothing passed':
      return answer([[service, ' has no change that passed staging.'], ['Deploy is possible as soon as one passes.']]);
    case 'live already':
      return answer([
        [
          service,
          ' ',
          ...named(ask.change),
          ' is the newest change that passed staging, and it has been live since ',
          date(ask.since),
          ', by ',
          who(ask.by, names),
          '.',
        ],
        ['There is nothing newer to deploy.'],
      ]);
    case 'under way':
      return answer([
        [
          service,
          ' ',
          ...named(ask.change),
          ' is the newest change that passed staging, and it is under way: ',
          ...statusOf(ask.deployment),
          '.',
        ],
        [
          `${capital(ASKED[ask.deployment.kind])} ${who(ask.deployment.requestedBy, names)}, `,
          date(ask.deployment.requestedAt),
          ...runLink(ask.deployment),
        ],
      ]);
    case 'ready':
      return answer(
        [
          ['Deploy ', service, ' ', ...named(ask.change), '? It is the newest change that passed staging.'],
          wouldShip(ask.ships, true),
        ],
        [button('deploy', ask.change.key, deployAsks(ask.asks !== null, ask.service, ask.change.sha, ask.ships))],
      );
  }
}
