/** Reports one thing that is wrong and where: `path` is a JSON pointer, as in Slack's own messages. */
export type Report = (problem: string, path: string) => void;

/** Looks at one value and reports what Slack would refuse in it. */
export type Check = (value: unknown, path: string, report: Report) => void;

export type Json = Record<string, unknown>;

/** True for a plain JSON object (not an array, not null). */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A string of at least `min` (default 1) and at most `max` UTF-16 units. */
export function string(max: number, min = 1): Check {
  return (value, path, report) => {
    if (typeof value !== 'string') return report('must provide a string', path);
    if (value.length < min) report(`must be more than ${min - 1} characters`, path);
    if (value.length > max) report(`must be less than ${max + 1} characters`, path);
  };
}

/** A http(s) address of at most 3000 characters. */
export const url: Check = (value, path, report) => {
  string(3000)(value, path, report);
  if (typeof value !== 'string' || value === '') return;
  if (!/^https?:\/\/[^\s/]/i.test(value) || !URL.canParse(value)) report('must be a valid URL (http or https)', path);
};

export const boolean: Check = (value, path, report) => {
  if (typeof value !== 'boolean') report('must provide a boolean', path);
};

/** A finite number within the bounds. */
export function number(min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): Check {
  return (value, path, report) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return report('must provide a number', path);
    if (value < min || value > max) report(`must be between ${min} and ${max}`, path);
  };
}

export function integer(min: number, max: number): Check {
  return (value, path, report) => {
    if (!Number.isInteger(value)) return report('must provide an integer', path);
    number(min, max)(value, path, report);
  };
}

export function oneOf(...allowed: (string | number)[]): Check {
  return (value, path, report) => {
    if (!allowed.includes(value as string | number)) report(`must be a valid enum value (${allowed.join(', ')})`, path);
  };
}

export function list(item: Check, max: number, min = 1): Check {
  return (value, path, report) => {
    if (!Array.isArray(value)) return report('must provide an array', path);
    if (value.length < min) report(`no fewer than ${min} items allowed`, path);
    if (value.length > max) report(`no more than ${max} items allowed`, path);
    for (const [index, element] of value.entries()) item(element, `${path}/${index}`, report);
  };
}

/** An object with these keys and no others. `type` is always allowed: whoever picked this check has looked at it. */
export function object(required: Record<string, Check>, optional: Record<string, Check> = {}): Check {
  return (value, path, report) => {
    if (!isJson(value)) return report('must provide an object', path);
    for (const key of Object.keys(required)) {
      if (value[key] === undefined) report(`missing required field: ${key}`, path);
    }
    for (const [key, inner] of Object.entries(value)) {
      const check = required[key] ?? optional[key];
      if (check && inner !== undefined) check(inner, `${path}/${key}`, report);
      else if (!check && key !== 'type') report(`invalid additional property: ${key}`, path);
    }
  };
}

/** An object whose `type` names the check that applies to it. */
export function byType(checks: Record<string, Check>): Check {
  return (value, path, report) => {
    if (!isJson(value)) return report('must provide an object', path);
    if (typeof value.type !== 'string') return report('missing required field: type', path);
    const check = Object.hasOwn(checks, value.type) ? checks[value.type] : undefined;
    if (!check) return report(`unsupported type: ${value.type}`, `${path}/type`);
    check(value, path, report);
  };
}

/** All of them. */
export function every(...checks: Check[]): Check {
  return (value, path, report) => {
    for (const check of checks) check(value, path, report);
  };
}
