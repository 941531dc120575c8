import { type Answer, notFound, ok, refusal, suspended } from './answer.js';
import { type Call, type Route, repositoryRoute } from './api.js';
import type { Auth, Permissions } from './auth.js';
import { installationOf, installationsIn } from './installations.js';
import type { Limits } from './limits.js';
import { type Json, repositoryShape, userShape } from './shapes.js';
import { type Installation, stamp, type World } from './world.js';

function installationShape(world: World, auth: Auth, { id, owner, suspendedAt }: Installation): Json {
  return {
    id,
    account: userShape(world, owner, 'Organization'),
    repository_selection: 'all',
    access_tokens_url: `${world.url}/app/installations/${id}/access_tokens`,
    repositories_url: `${world.url}/installation/repositories`,
    html_url: `${world.htmlUrl}/organizations/${owner}/settings/installations/${id}`,
    app_id: Number(world.app?.id),
    app_slug: world.app?.slug,
    target_type: 'Organization',
    permissions: auth.granted(),
    events: [...world.hook.events],
    suspended_at: suspendedAt && stamp(suspendedAt),
    suspended_by: null,
  };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function issueToken(world: World, call: Call, auth: Auth): Answer {
  const installation = installationsIn(world).find(({ id }) => String(id) === call.params.installation);
  if (!installation) return notFound();
  if (installation.suspendedAt) return suspended();
  const body = isObject(call.body) ? call.body : {};
  const asked = isObject(body.permissions) ? (body.permissions as Permissions) : undefined;
  const has = auth.granted();
  for (const [area, level] of Object.entries(asked ?? {})) {
    const granted = has[area as keyof Permissions];
    if (granted !== 'write' && granted !== level) {
      return refusal(422, 'The permissions requested are not granted to this installation.');
    }
  }
  const wanted = [body.repository_ids ?? [], body.repositories ?? []].flat();
  const all = [...world.repositories.values()].filter(({ owner }) => owner === installation.owner);
  const chosen = all.filter((each) => wanted.includes(each.id) || wanted.includes(each.name));
  if (chosen.length < wanted.length) {
    return refusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  }
  const repositories = wanted.length > 0 ? chosen.map((each) => each.id) : null;
  const { token, identity } = auth.issue(installation.id, asked, repositories);
  if (identity.kind !== 'installation') return notFound();
  return {
    status: 201,
    body: {
      token,
      expires_at: stamp(identity.expiresAt),
      permissions: identity.permissions,
      repository_selection: repositories ? 'selected' : 'all',
      ...(repositories && { repositories: chosen.map((each) => repositoryShape(world, each)) }),
    },
  };
}

/** The App and the installation that the token belongs to, and the limits. */
export function appRoutes(auth: Auth, limits: Limits): Route[] {
  return [
    {
      name: 'app',
      method: 'GET',
      path: '/app',
      access: 'app',
      handle: (world) =>
        ok({
          id: Number(world.app?.id),
          slug: world.app?.slug,
          name: world.app?.slug,
          owner: userShape(world, [...world.repositories.values()][0]?.owner ?? 'acme', 'Organization'),
          html_url: `${world.htmlUrl}/apps/${world.app?.slug}`,
          permissions: auth.granted(),
          events: [...world.hook.events],
          installations_count: installationsIn(world).length,
        }),
    },
    {
      name: 'installations',
      method: 'GET',
      path: '/app/installations',
      access: 'app',
      handle: (world) => ok(installationsIn(world).map((each) => installationShape(world, auth, each))),
    },
    repositoryRoute('installation', 'GET', '/installation', 'app', (world, _call, { owner }) => {
      const installation = installationOf(world, owner);
      return installation ? ok(installationShape(world, auth, installation)) : notFound();
    }),
    {
      name: 'access-token',
      method: 'POST',
      path: '/app/installations/:installation/access_tokens',
      access: 'app',
      handle: (world, call) => issueToken(world, call, auth),
    },
    {
      name: 'user',
      method: 'GET',
      path: '/user',
      access: 'token',
      handle: (world, call) =>
        call.identity.kind === 'pat'
          ? ok(userShape(world, call.identity.login))
          : refusal(403, 'Resource not accessible by integration'),
    },
    {
      name: 'meta',
      method: 'GET',
      path: '/meta',
      access: 'token',
      handle: (world) =>
        ok({
          verifiable_password_authentication: true,
          ...(world.enterprise && { installed_version: world.enterprise.version }),
        }),
    },
    {
      name: 'rate-limit',
      method: 'GET',
      path: '/rate_limit',
      access: 'token',
      handle: (_world, call) => {
        const rate = { ...limits.view(auth.countedUnder(call.token)), resource: 'core' };
        return ok({ resources: { core: rate }, rate });
      },
    },
  ];
}
