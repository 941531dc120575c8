/** The value at a path inside a value of unknown shape; undefined where the path does not exist. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

/** The services of an unvalidated file; empty when `services` is not a list. */
export function rawServices(file: unknown): unknown[] {
  const services = at(file, 'services');
  return Array.isArray(services) ? services : [];
}

/** Formats a path the way people write it: `services[0].production.workflow`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
