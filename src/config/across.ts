import { problemsInAsk } from './ask-problems.js';
import { privateChecks } from './checks.js';
import { type Problem, shown } from './problems.js';
import { at, rawServices } from './raw.js';
import { problemsOfRequires } from './requires.js';
import { neverAllowed } from './rules.js';

/**
 * Checks rules that span several settings. Reads the raw file, so that these problems are reported together with those
 * of single settings. Ignores values of the wrong shape: the schema reports them.
 */
export function problemsAcross(file: unknown): Problem[] {
  return [
    ...withoutChannel(file),
    ...sameName(file),
    ...sameWorkflows(file),
    ...sameLogin(file),
    ...neverAllowed(file),
    ...privateChecks(file),
    ...problemsOfRequires(file),
    ...problemsInAsk(file),
  ];
}

function withoutChannel(file: unknown): Problem[] {
  if (at(file, 'channel') !== undefined) return [];
  return rawServices(file).flatMap((service, index) =>
    typeof service === 'object' && at(service, 'channel') === undefined
      ? { setting: `services[${index}].channel`, found: 'missing', expected: 'a channel id, here or at the top level' }
      : [],
  );
}

function sameName(file: unknown): Problem[] {
  const first = new Map<unknown, number>();
  return rawServices(file).flatMap((service, index) => {
    const name = at(service, 'name');
    const earlier = first.get(name);
    if (name === undefined || earlier === undefined) {
      first.set(name, index);
      return [];
    }
    return {
      setting: `services[${index}].name`,
      found: `${shown(name)}, as in services[${earlier}]`,
      expected: 'a name that no other service uses',
    };
  });
}

/** Workflow files tell the services of one repository apart. GitHub ignores case in repository names. */
function sameWorkflows(file: unknown): Problem[] {
  const first = new Map<string, number>();
  return rawServices(file).flatMap((service, index) => {
    const staging = at(service, 'staging', 'workflow');
    const production = at(service, 'production', 'workflow');
    const repository = at(service, 'repository');
    if (typeof repository !== 'string' || staging === undefined || production === undefined) return [];
    if (staging === production) {
      return {
        setting: `services[${index}].production.workflow`,
        found: `${shown(production)}, which is also its staging workflow`,
        expected: 'a separate workflow: a staging run must never count as a production run',
      };
    }
    const key = JSON.stringify([repository.toLowerCase(), staging, production]);
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, index);
      return [];
    }
    return {
      setting: `services[${index}].production.workflow`,
      found: `${shown(production)}, with the same repository and workflows as services[${earlier}]`,
      expected: 'a different staging or production workflow',
    };
  });
}

function sameLogin(file: unknown): Problem[] {
  const people = at(file, 'people');
  if (typeof people !== 'object' || people === null) return [];
  const seen = new Map<string, string>();
  return Object.keys(people).flatMap((login) => {
    const earlier = seen.get(login.toLowerCase());
    seen.set(login.toLowerCase(), login);
    if (earlier === undefined) return [];
    return {
      setting: `people.${login}`,
      found: `already listed as ${earlier}`,
      expected: 'each login once (case is ignored)',
    };
  });
}
