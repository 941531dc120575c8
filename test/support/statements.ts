import pg from 'pg';

/**
 * The statements that this process sends to PostgreSQL from now on, the test's own too: their names, or their texts.
 * `counts`: only those with such values.
 */
export function statementsSent(counts: (values: readonly unknown[]) => boolean = () => true): {
  readonly stop: () => readonly string[];
} {
  const sent: string[] = [];
  const { query } = pg.Client.prototype;
  const counted = function (this: pg.Client, ...asked: unknown[]): unknown {
    const [first, given] = asked;
    const { name, text, values = given } = Object(first) as { name?: unknown; text?: unknown; values?: unknown };
    if (counts(Array.isArray(values) ? values : [])) {
      sent.push(String(typeof first === 'string' ? first : (name ?? text)));
    }
    return Reflect.apply(query, this, asked);
  };
  Object.assign(pg.Client.prototype, { query: counted });
  return {
    stop: () => {
      Object.assign(pg.Client.prototype, { query });
      return sent;
    },
  };
}
