import type { Delivery } from '../../sandbox/github/webhooks.js';
import type { FleetOutside, FleetService } from './company.js';

/** What GitHub told: a result of staging, or something about a production run. `at`: when it was answered with 2xx. */
export interface News {
  readonly what: 'result' | 'started' | 'ended';
  readonly service: FleetService;
  readonly sha: string;
  readonly at: number;
  readonly passed: boolean;
}

export interface Told {
  readonly news: readonly News[];
  /** Deliveries that were answered, and how many not with 2xx. */
  readonly counted: { answered: number; refused: number };
  readonly stop: () => void;
}

interface RunBody {
  readonly action: string;
  readonly workflow_run?: {
    readonly path: string;
    readonly head_sha: string;
    readonly display_title: string;
    readonly conclusion: string | null;
  };
  readonly repository: { readonly full_name: string };
}

/** Listens to what GitHub delivers, and sends each delivery to the next replica in turn, as a load balancer does. */
export function listen({ github }: FleetOutside, services: readonly FleetService[], hooks: readonly string[]): Told {
  const byPlace = new Map(services.map((one) => [`${one.repository} ${one.place}`, one]));
  const news: News[] = [];
  const counted = { answered: 0, refused: 0 };
  let next = 0;

  function read({ body, at, ms }: Delivery): void {
    const { action, workflow_run: run, repository } = JSON.parse(body) as RunBody;
    if (!run) return;
    const [, kind, place] = /(staging|production)-(\d+)\.yml$/.exec(run.path) ?? [];
    const service = byPlace.get(`${repository.full_name} ${place}`);
    const what = kind === 'staging' ? (action === 'completed' ? 'result' : null) : DURING[action];
    if (!service || !what) return;
    const sha = kind === 'staging' ? run.head_sha : (/[0-9a-f]{40}/.exec(run.display_title)?.[0] ?? '');
    news.push({ what, service, sha, at: at.getTime() + ms, passed: run.conclusion === 'success' });
  }

  const stop = github.onChange((change) => {
    if (change.kind !== 'delivery') return;
    const { delivery } = change;
    if (delivery.status === null) {
      github.setWebhookUrl(hooks[next++ % hooks.length] as string);
      return;
    }
    counted.answered += 1;
    const ok = delivery.status >= 200 && delivery.status < 300;
    if (!ok) counted.refused += 1;
    if (ok && delivery.event === 'workflow_run') read(delivery);
    // The stand-in remembers every delivery, which nobody asks for here.
    delivery.body = '';
  });
  return { news, counted, stop };
}

const DURING: Readonly<Record<string, News['what']>> = { in_progress: 'started', completed: 'ended' };
