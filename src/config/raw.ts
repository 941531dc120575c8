/** What stands at a path of a value of unknown shape; undefined where the path leads nowhere. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

/** The services of a file that may be wrong anywhere; none where there is no list. */
export function rawServices(file: unknown): unknown[] {
  const services = at(file, 'services');
  return Array.isArray(services) ? services : [];
}

/** A path as people write it: `services[0].production.workflow`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
