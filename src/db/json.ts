/** Rows that a statement returns as JSON: several tables in one round trip. */

/** A row as `row_to_json` writes it: times are strings. */
export type FromJson<Row> = {
  readonly [Key in keyof Row]: Date extends Row[Key] ? string | Exclude<Row[Key], Date> : Row[Key];
};

type TimeIn<Row> = { [Key in keyof Row]: Date extends Row[Key] ? Key : never }[keyof Row];
export type TimesOf<Row> = readonly TimeIn<Row>[];

/** The row with the named columns as times, in milliseconds as node-postgres reads them. */
export function revived<Row extends object>(row: FromJson<Row>, times: TimesOf<Row>): Row {
  const found: Record<PropertyKey, unknown> = { ...row };
  for (const name of times) if (typeof found[name] === 'string') found[name] = new Date(found[name]);
  return found as Row;
}
