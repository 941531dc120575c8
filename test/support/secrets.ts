import type pg from 'pg';

export const SECRETS = {
  botToken: 'xoxb-test-00000000-bot',
  appToken: 'xapp-test-00000000-app',
  signingSecret: 'signing-secret-of-the-test',
  githubToken: 'ghp_testtesttesttesttesttesttesttest0000',
  webhookSecret: 'webhook-secret-of-the-test',
  changeTicketSecret: `whsec_${Buffer.from('change-ticket-secret-of-the-test').toString('base64')}`,
};

/** No secret is ever printed, told or kept: checked after every test, in all that it left behind. */

/** Besides the test's own: tokens issued by GitHub, private keys, and addresses at which anybody may answer for us. */
const SHAPES = [/ghs_[\w-]{8,}/, /-----BEGIN [A-Z ]*PRIVATE KEY/, /\/(?:actions|commands)\/T0\w+\/\w+/];

/** The secrets in a text; `of` are those that only this test has. */
function secretsOf(text: string, of: readonly string[] = []): string[] {
  const known = [...Object.values(SECRETS), ...of].filter((one) => one.length >= 8);
  return [...known.filter((one) => text.includes(one)), ...SHAPES.flatMap((shape) => shape.exec(text)?.[0] ?? [])];
}

/** Throws if a text has one. */
export function expectNoSecret(what: string, text: string, of: readonly string[] = []): void {
  const found = secretsOf(text, of);
  if (found.length > 0) throw new Error(`${what} has ${found.map((one) => `${one.slice(0, 6)}…`).join(', ')}`);
}

/** The same for every row of every table, the queue's too. A person's reply address is kept only with the request. */
export async function expectNoSecretIn(pool: pg.Pool, of: readonly string[] = []): Promise<void> {
  const { rows } = await pool.query<{ name: string; row: string }>(await statementFor(pool));
  const all = new Map<string, string[]>();
  for (const { name, row } of rows) {
    const texts = all.get(name) ?? [];
    texts.push(row);
    all.set(name, texts);
  }
  for (const [name, texts] of all) expectNoSecret(name, texts.join('\n'), of);
}

/** Made anew each time: a test may have added tables, as a next version does. */
async function statementFor(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ name: string; empty: boolean }>(
    `select format('%I.%I', n.nspname, c.relname) as name, pg_relation_size(c.oid) = 0 as empty
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'moved_clock') order by 1`,
  );
  if (rows.length < 15) throw new Error('the database of the test has no tables');
  const each = rows.flatMap(({ name, empty }) => {
    if (empty) return [];
    const asText = name === 'public.inbox' ? "(to_jsonb(t) - 'reply')::text" : 't::text';
    return `(select '${name}' as name, ${asText} as row from ${name} t limit 5000)`;
  });
  return each.join(' union all ');
}

/** The password in a database address; empty if there is none. */
export const passwordIn = (url: string): string => decodeURIComponent(new URL(url).password);
