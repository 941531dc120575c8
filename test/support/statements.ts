import pg from 'pg';

/** The statements that this process sends to PostgreSQL from now on, the test's own too: their names, or their texts. */
export function statementsSent(): { readonly stop: () => readonly string[] } {
  const sent: string[] = [];
  const { query } = pg.Client.prototype;
  const counted = function (this: pg.Client, ...asked: unknown[]): unknown {
    const [first] = asked;
    const { name, text } = Object(first) as { name?: unknown; text?: unknown };
    sent.push(String(typeof first === 'string' ? first : (name ?? text)));
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
