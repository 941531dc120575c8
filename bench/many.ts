import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Stage } from './stage.js';
import { configOf, PRODUCTION, SERVICES, STAGING } from './team.js';

/** A company with as many services as wanted; the first ten are those of every measurement. */
export interface Company {
  readonly services: readonly string[];
  /** The first commit of each service's repository. */
  readonly firstCommits: ReadonlyMap<string, string>;
  /** What tells a product of it. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Adds the repositories that GitHub does not have yet. `poll`: as in the config; the default of a user is 60s. */
export async function companyOf(stage: Stage, count: number, poll = '1h'): Promise<Company> {
  const services = Array.from({ length: count }, (_, n) => SERVICES[n] ?? `service-${n}`);
  for (const name of services) {
    if (stage.firstCommits.has(name)) continue;
    const { sha } = stage.github.addRepository({ fullName: `acme/${name}`, workflows: [STAGING, PRODUCTION] });
    stage.firstCommits.set(name, sha);
  }
  const config = path.join(stage.folder, `pushbutton-${count}-${poll}.yml`);
  await writeFile(config, configOf(services, poll));
  return { services, firstCommits: stage.firstCommits, settings: { PUSHBUTTON_CONFIG: config } };
}
