import type { Identity } from './auth.js';
import type { Installation, World } from './world.js';

/** The App's installation for an owner; null while the owner does not have it. A new owner has installed it. */
export function installationOf({ app, nextId }: World, owner: string): Installation | null {
  if (!app) return null;
  const known = app.installations.get(owner.toLowerCase());
  if (known !== undefined) return known;
  const made = { id: nextId('hook'), owner, suspendedAt: null };
  app.installations.set(owner.toLowerCase(), made);
  return made;
}

/** The installations of all owners of repositories. */
export function installationsIn(world: World): Installation[] {
  const owners = new Set([...world.repositories.values()].map(({ owner }) => owner));
  return [...owners].flatMap((owner) => installationOf(world, owner) ?? []);
}

/** The installation that a token belongs to. */
export function installationBehind(world: World, identity: Identity): Installation | null {
  if (identity.kind !== 'installation') return null;
  return installationsIn(world).find(({ id }) => id === identity.installation) ?? null;
}
