import pg from 'pg';

/** pg 9 refuses a statement on a connection whose previous one is unanswered; pg 8 queues it, and warns if two wait. */
const early: string[] = [];

/** The statements sent that way on any connection of this process since the last call. */
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
  // graphile-worker 0.17, if it stops while its LISTEN is not answered.
  const known = text.startsWith('UNLISTEN ');
  if (!known && (this._activeQuery || this._queryQueue.length > 0)) early.push(text);
  return query.apply(this, statement);
};
