import type { Queryable } from './pool.js';

/** How a person is shown. Never used to decide what a person may do. */
export async function savePerson(db: Queryable, user: string, name: string): Promise<void> {
  // Runs at each press, and the name is hardly ever new: a known name costs no write.
  await db.query(
    `insert into people (slack_user_id, name)
     select $1::text, $2::text where not exists (select 1 from people where slack_user_id = $1 and name = $2)
     on conflict (slack_user_id) do update set name = excluded.name, seen_at = now()`,
    [user, name],
  );
}

export async function namesOf(db: Queryable, users: readonly (string | null)[]): Promise<Map<string, string>> {
  const wanted = users.filter((user) => user !== null);
  if (wanted.length === 0) return new Map();
  const { rows } = await db.query<{ slack_user_id: string; name: string }>(
    'select slack_user_id, name from people where slack_user_id = any($1)',
    [wanted],
  );
  return new Map(rows.map((row) => [row.slack_user_id, row.name]));
}

/** Which of these ids have a known name. */
export async function knownPeople(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ slack_user_id: string }>(
    'select slack_user_id from people where slack_user_id = any($1)',
    [ids],
  );
  return new Set(rows.map((row) => row.slack_user_id));
}
