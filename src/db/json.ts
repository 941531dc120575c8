/** Rows that a statement returns as JSON: several tables in one round trip. */

/** A row as `row_to_json` writes it: times are strings. */
export type FromJson<Row> = {
  readonly [Key in keyof Row]: Date extends Row[Key] ? string | Exclude<Row[Key], Date> : Row[Key];
};

/** Names every column of a row that is a time. */
export type TimesOf<Row> = Readonly<
  Record<{ [Key in keyof Row]: Date extends Row[Key] ? Key : never }[keyof Row], true>
>;

/** The row with the named columns as times, in milliseconds as node-postgres reads them. */
export function revived<Row extends object>(row: FromJson<Row>, times: TimesOf<Row>): Row {
  const found: Record<string, unknown> = { ...row };
  for (const name of Object.keys(times)) {
    const value = found[name];
    if (typeof value === 'string') found[name] = new Date(value);
  }
  return found as Row;
}
