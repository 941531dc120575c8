import { type Check, inWords, ok, skipped, type Verdict, wrong } from '../../core/check.js';
import type { CheckedService } from './checked-service.js';
import { deliveriesVerdict } from './deliveries.js';
import { type HookConfig, type Look, notShown } from './look.js';
import type { GithubIdentity } from './sign-in.js';

const PATH = '/github/webhooks';
/** What Pushbutton uses, and what it uses where a service requires a check or a status. */
const eventsOf = (services: readonly CheckedService[]): string[] => {
  const required = new Set(services.flatMap(({ requires = [] }) => requires.map(({ is }) => is)));
  return [
    'workflow_run',
    'workflow_job',
    ...(required.has('check') ? ['check_run'] : []),
    ...(required.has('status') ? ['status'] : []),
  ];
};
const AS_PEOPLE_SEE_THEM: Readonly<Record<string, string>> = {
  workflow_run: 'Workflow run',
  workflow_job: 'Workflow job',
  check_run: 'Check run',
  status: 'Status',
};

/** Checks the webhook of the App, or that of each repository, and its recent deliveries. */
export async function webhookChecks(
  look: Look,
  identity: GithubIdentity | null,
  services: readonly CheckedService[],
  /** `polledEveryMs`: null when webhooks are on. */
  { polledEveryMs, replicas, now }: { polledEveryMs: number | null; replicas: number | null; now: number },
): Promise<Check[]> {
  if (polledEveryMs !== null)
    return checksOf('', skipped(`github.webhooks is false: GitHub is polled every ${polledEveryMs / 1_000} s`));
  if (!identity) return checksOf('', skipped('could not sign in to GitHub (see sign-in)'));
  const judge = { replicas, now };
  if (identity.is === 'app') return appHook(look, identity, eventsOf(services), judge);
  const repositories = [...new Set(services.map((one) => one.repository))];
  return (
    await Promise.all(
      repositories.map((name) => {
        const theirs = services.filter(({ repository }) => repository === name);
        return repositoryHook(look, name, eventsOf(theirs), judge);
      }),
    )
  ).flat();
}

type Judge = { replicas: number | null; now: number };

async function appHook(
  look: Look,
  { app }: Extract<GithubIdentity, { is: 'app' }>,
  used: readonly string[],
  judge: Judge,
): Promise<Check[]> {
  const [config, deliveries] = await Promise.all([look.appHook(), look.appDeliveries()]);
  const webhook =
    config.is === 'seen' ? configVerdict(config.data, "On the App's page, Webhook") : skipped(notShown(config));
  const missing = used.filter((event) => !app.events.includes(event));
  const events =
    missing.length === 0
      ? ok(inWords(used))
      : wrong(
          `the App does not subscribe to ${inWords(missing)}`,
          `On the App's page, Permissions & events, Subscribe to events: tick ${inWords(missing.map(named))}.`,
        );
  return checksOf(
    '',
    webhook,
    events,
    deliveries.is === 'seen' ? deliveriesVerdict(deliveries.data, judge) : skipped(notShown(deliveries)),
  );
}

/** Most tokens cannot read webhooks and do not need to; then a person has to look. */
async function repositoryHook(look: Look, repository: string, used: readonly string[], judge: Judge): Promise<Check[]> {
  const seen = await look.hooks(repository);
  if (seen.is !== 'seen') {
    const may = seen.is === 'refused' && (seen.status === 403 || seen.status === 404);
    const why = may
      ? `the token may not read webhooks, and need not; look at ${repository}, Settings, Webhooks, Recent Deliveries`
      : notShown(seen);
    return checksOf(repository, skipped(why));
  }
  const place = `In ${repository}, Settings, Webhooks`;
  const hook = seen.data.find(({ config }) => leadsHere(config.url)) ?? null;
  if (!hook) {
    const verdict = wrong(
      `no webhook of ${repository} leads to ${PATH}`,
      `${place}, Add webhook: https://YOUR-ADDRESS${PATH}, application/json, the secret in GITHUB_WEBHOOK_SECRET, events Workflow runs and Workflow jobs.`,
    );
    return checksOf(repository, verdict);
  }
  const missing = hook.events.includes('*') ? [] : used.filter((event) => !hook.events.includes(event));
  const deliveries = await look.deliveries(repository, hook.id);
  return checksOf(
    repository,
    hook.active ? configVerdict(hook.config, place) : wrong('it is not active', `${place}: tick Active.`),
    missing.length === 0
      ? ok(inWords(used))
      : wrong(`it does not send ${inWords(missing)}`, `${place}: tick ${inWords(missing.map(ofRepository))}.`),
    deliveries.is === 'seen' ? deliveriesVerdict(deliveries.data, judge) : skipped(notShown(deliveries)),
  );
}

const named = (event: string): string => AS_PEOPLE_SEE_THEM[event] ?? event;
/** A repository's settings say it in the plural. */
const ofRepository = (event: string): string => (event === 'status' ? 'Statuses' : `${named(event)}s`);

function configVerdict({ url, content_type, secret, insecure_ssl }: HookConfig, place: string): Verdict {
  if (!url) return wrong('no address is set', `${place}: tick Active and set the URL https://YOUR-ADDRESS${PATH}`);
  const shown = withoutSecrets(url);
  if (!leadsHere(url)) return wrong(`it leads to ${shown}`, `${place}: set a URL that ends in ${PATH}`);
  if (content_type !== 'json')
    return wrong(`its content type is ${content_type ?? 'not set'}`, `${place}: choose application/json.`);
  if (!secret) return wrong('it has no secret', `${place}: enter the secret of GITHUB_WEBHOOK_SECRET.`);
  return ok(String(insecure_ssl ?? '0') === '0' ? shown : `${shown}, whose certificate GitHub does not verify`);
}

function leadsHere(url: string | null | undefined): boolean {
  return typeof url === 'string' && URL.canParse(url) && new URL(url).pathname.endsWith(PATH);
}

/** A URL may contain a user, a password or a token. */
function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return 'something that is not a URL';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function checksOf(repository: string, webhook: Verdict, events?: Verdict, deliveries?: Verdict): Check[] {
  const id = repository ? `.${repository}` : '';
  const of = repository ? ` of ${repository}` : '';
  const check = (key: string, verdict: Verdict): Check => ({
    id: `github.${key}${id}`,
    group: 'GitHub',
    name: `${key}${of}`,
    verdict,
  });
  return [
    check('webhook', webhook),
    ...(events ? [check('events', events)] : []),
    ...(deliveries ? [check('deliveries', deliveries)] : []),
  ];
}
