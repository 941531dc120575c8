import pg from 'pg';

/** pg 9 refuses a statement on a connection that has not answered the one before; pg 8 queues it, and warns where two wait. */
const early: string[] = [];

/** The statements that were sent so on any connection of this process since it was last asked. */
export const sentTooEarly = (): string[] => early.splice(0);

// Not in the types: what pg queues.
interface Client {
  readonly _activeQuery: unknown;
  readonly _queryQueue: readonly unknown[];
  query: (this: Client, ...statement: unknown[]) => unknown;
}
const client = pg.Client.prototype as unknown as Client;
const { query } = client;
client.query = function (...statement) {
  const [first] = statement;
  const text = typeof first === 'string' ? first : String((first as { text?: unknown }).text);
  // graphile-worker 0.17, when it stops while its LISTEN is not answered.
  const known = text.startsWith('UNLISTEN ');
  if (!known && (this._activeQuery || this._queryQueue.length > 0)) early.push(text);
  return query.apply(this, statement);
};
