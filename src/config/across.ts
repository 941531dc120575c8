import { type Problem, shown } from './problems.js';
import { at, rawServices } from './raw.js';
import { neverAllowed } from './rules.js';

/**
 * What must be right between settings. Takes the file as it was written, so that these problems are told together with
 * those of single settings; what has the wrong shape is left to the schema.
 */
export function problemsAcross(file: unknown): Problem[] {
  return [
    ...withoutChannel(file),
    ...sameName(file),
    ...sameWorkflows(file),
    ...sameLogin(file),
    ...neverAllowed(file),
  ];
}

function withoutChannel(file: unknown): Problem[] {
  if (at(file, 'channel') !== undefined) return [];
  return rawServices(file).flatMap((service, index) =>
    typeof service === 'object' && at(service, 'channel') === undefined
      ? { setting: `services[${index}].channel`, found: 'missing', expected: 'the id of a channel, here or at the top' }
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
      expected: 'a name that no other service has',
    };
  });
}

/** Services of one repository are told apart by their workflow files. GitHub does not tell A from a in its name. */
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
        found: `${shown(production)}, which is its staging workflow, too`,
        expected: 'a workflow of its own: a staging run must never count as a production run',
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
      found: `${shown(production)}, with the repository and both workflows of services[${earlier}]`,
      expected: 'a staging or production workflow of its own',
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
    return { setting: `people.${login}`, found: `also ${earlier}`, expected: 'each login once, in capitals or not' };
  });
}
