import { type Answer, notFound, ok } from './answer.js';
import { type Call, pageOf, type Route, repositoryRoute } from './api.js';
import { installationsIn } from './installations.js';
import type { Json } from './shapes.js';
import type { Delivery, WebhookSender } from './webhooks.js';
import { stamp, type World } from './world.js';

// docs.github.com/en/rest/apps/webhooks and docs.github.com/en/rest/repos/webhooks: the secret is never shown.
function configShape(world: World, url: string | undefined): Json {
  const { contentType, hasSecret, insecureSsl } = world.hook;
  return { content_type: contentType, insecure_ssl: insecureSsl, ...(hasSecret && { secret: '********' }), url };
}

function statusOf({ status }: Delivery): { status: string; status_code: number } {
  if (status === null || status === 0) return { status: 'failed to connect to host', status_code: 0 };
  return { status: status < 300 ? 'OK' : `Invalid HTTP Response: ${status}`, status_code: status };
}

/** The newest deliveries first; those under way are not listed yet. */
function deliveries(world: World, call: Call, sender: WebhookSender): Answer {
  const done = sender.deliveries.filter((each) => each.status !== null);
  const listed = done.map((each, index) => ({
    id: 12_000_000_000 + index,
    guid: each.guid,
    delivered_at: stamp(each.at),
    redelivery: each.redelivery,
    duration: Math.round(each.ms) / 1000,
    ...statusOf(each),
    event: each.event,
    action: each.action,
    installation_id: installationsIn(world)[0]?.id ?? null,
    repository_id: [...world.repositories.values()][0]?.id ?? null,
    throttled_at: null,
  }));
  return ok(listed.reverse().slice(0, pageOf(call.query).size));
}

/** The webhook of the App, or of each repository, and the results of its deliveries. */
export function hookRoutes(sender: WebhookSender): Route[] {
  return [
    {
      name: 'app-hook',
      method: 'GET',
      path: '/app/hook/config',
      access: 'app',
      handle: (world) => ok(configShape(world, sender.url())),
    },
    {
      name: 'app-deliveries',
      method: 'GET',
      path: '/app/hook/deliveries',
      access: 'app',
      handle: (world, call) => deliveries(world, call, sender),
    },
    repositoryRoute(
      'hooks',
      'GET',
      '/hooks',
      { area: 'repository_hooks', level: 'read' },
      (world, _call, repository) => {
        const url = sender.url();
        if (world.app || !url) return ok([]);
        const { id, active, events } = world.hook;
        const self = `${world.url}/repos/${repository.fullName}/hooks/${id}`;
        return ok([
          {
            type: 'Repository',
            id,
            name: 'web',
            active,
            events: [...events],
            config: configShape(world, url),
            url: self,
            deliveries_url: `${self}/deliveries`,
          },
        ]);
      },
    ),
    repositoryRoute(
      'hook-deliveries',
      'GET',
      '/hooks/:hook/deliveries',
      { area: 'repository_hooks', level: 'read' },
      (world, call) => (call.params.hook === String(world.hook.id) ? deliveries(world, call, sender) : notFound()),
    ),
  ];
}
