/** What each stage of a service runs while they differ: a service that is half deployed is never shown as simply live. */

import type { Names, ServiceStatus } from '../../core/report.js';
import { differs, type StageNow } from '../../core/stages/stage.js';
import { everyone, who } from './people.js';
import { bold, date, type Phrase, sha } from './rich.js';

type Status = Pick<ServiceStatus, 'live' | 'stages'>;

const liveOf = ({ live }: Status): string | null => (live.is === 'known' ? live.deployment.sha : null);

/** A line for each stage; none while all of them run what is live. */
export const stagesNow = (status: Status, names: Names): Phrase[] =>
  status.stages.map((one) => [bold(one.stage), ' ', ...runs(one, liveOf(status), names)]);

function runs({ reached, passed }: StageNow, live: string | null, names: Names): Phrase {
  const isUnclear = reached.id !== passed?.id;
  const is: Phrase =
    passed === null
      ? []
      : [
          ...(isUnclear ? ['passed ', sha(passed.sha)] : ['runs ', sha(passed.sha)]),
          ...(passed.sha === live ? [' as elsewhere'] : [` by ${who(passed.by, names)} since `, date(passed.at)]),
        ];
  if (!isUnclear) return is;
  return [
    ...(passed === null ? [] : [...is, ', and ']),
    'was reached by ',
    sha(reached.sha),
    ', which has not passed it',
  ];
}

/** `half deployed: canary, eu`, in a few words; nothing while all stages run what is live. */
export function halfDeployed(status: Status): Phrase[] {
  const other = status.stages.filter((one) => differs(one, liveOf(status))).map(({ stage }) => stage);
  return other.length === 0 ? [] : [[`half deployed: ${everyone(other, 3)}`]];
}
