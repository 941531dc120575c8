import { type Answer, notFound } from './answer.js';
import type { Identity, Permission } from './auth.js';
import type { Repository, World } from './world.js';

/** A request as a route sees it: without base path and query, the body parsed. */
export interface Call {
  method: string;
  path: string;
  params: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
  apiVersion: '2022-11-28' | '2026-03-10';
  token: string;
  identity: Identity;
}

/** Who may call: a token with this permission, any token, the App with its JWT, or anybody (a signed address). */
export type Access = Permission | 'token' | 'app' | 'anybody';

export interface Route {
  /** A short name, used by faults and tests. */
  name: string;
  method: 'GET' | 'POST';
  path: string;
  access: Access;
  handle: (world: World, call: Call) => Answer;
}

/** A route below `/repos/:owner/:repo`, as its handler is written: the repository is looked up first. */
export function repositoryRoute(
  name: string,
  method: 'GET' | 'POST',
  rest: string,
  access: Access,
  handle: (world: World, call: Call, repository: Repository) => Answer,
): Route {
  return {
    name,
    method,
    path: `/repos/:owner/:repo${rest}`,
    access,
    handle: (world, call) => {
      const repository = world.repositories.get(`${call.params.owner}/${call.params.repo}`.toLowerCase());
      const granted = 'repositories' in call.identity ? call.identity.repositories : null;
      if (!repository || (granted && !granted.includes(repository.id))) return notFound();
      if (call.identity.kind !== 'pat' && world.app?.without.has(repository.id)) return notFound();
      return handle(world, call, repository);
    },
  };
}

/** The requested page: `per_page` is 30 by default and at most 100, as GitHub clamps it. */
export function pageOf(query: URLSearchParams): { page: number; size: number } {
  const number = (name: string, otherwise: number) => {
    const value = Number.parseInt(query.get(name) ?? '', 10);
    return Number.isInteger(value) && value > 0 ? value : otherwise;
  };
  return { page: number('page', 1), size: Math.min(number('per_page', 30), 100) };
}

/** One page of a list, and the `link` header that points to the others. */
export function paged<T>(world: World, call: Call, all: T[]): { items: T[]; headers: Record<string, string> } {
  const { page, size } = pageOf(call.query);
  const last = Math.max(1, Math.ceil(all.length / size));
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    return `<${world.url}${call.path}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  const items = all.slice((page - 1) * size, page * size);
  return { items, headers: links.length > 0 ? { link: links.join(', ') } : {} };
}

/** Matches a request's path against a route's: `:name` stands for one segment and `*name` for the rest. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const want = pattern.split('/');
  const have = path.split('/');
  const params: Record<string, string> = {};
  for (const [index, part] of want.entries()) {
    const rest = part.startsWith('*');
    const value = rest ? have.slice(index).join('/') : have[index];
    if (value === undefined || value === '') {
      if (part === '') continue;
      return null;
    }
    if (rest || part.startsWith(':')) {
      try {
        params[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return null;
      }
    } else if (part !== value) return null;
    if (rest) return params;
  }
  return want.length === have.length ? params : null;
}
