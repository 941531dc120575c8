import type { z } from 'zod';
import { id, mapping } from './forms.js';
import { isLoopback } from './loopback.js';
import type { Problem } from './problems.js';
import { at, rawServices } from './raw.js';

const expectedUrl =
  'an https URL without a password (http only on this machine), such as https://changes.acme.com/hook';

/** The variable that holds the secret if the config names no other. */
const USUAL = 'CHANGE_TICKET_SECRET';

export const changeTicket = mapping({
  url: id(/^\S{1,600}$/, expectedUrl)
    .refine(isSafe, { error: expectedUrl })
    .meta({ description: 'Where to send what happens to deployments, signed, in order for each service.' }),
  secret: id(/^[A-Z][A-Z0-9_]*$/, 'the name of an environment variable, such as SHOP_CHANGE_TICKET_SECRET')
    .default(USUAL)
    .meta({ description: 'The environment variable with the secret that signs it.' }),
});

/** Who hears of the deployments of a service: where, and the keys that sign, the newest first. */
export interface ChangeTicket {
  readonly url: string;
  readonly keys: readonly Buffer[];
}

/** With an address on this machine nothing leaves it, also where there is a forward proxy. */
function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** What starts a secret (github.com/standard-webhooks/standard-webhooks, spec, "Signature scheme"). */
const PREFIX = 'whsec_';
const expectedSecret = `a secret of 24 to 64 random bytes, which is ${PREFIX} and their base64; or several, separated by spaces`;

/** The keys in the environment that the file asks for, by the name of their variable. Reports those that are missing or wrong. */
export function signingKeys(
  file: unknown,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): ReadonlyMap<string, readonly Buffer[]> {
  const wanted = [file, ...rawServices(file)].flatMap((one) => {
    const named = at(one, 'change_ticket', 'secret') ?? USUAL;
    return at(one, 'change_ticket') === undefined || typeof named !== 'string' ? [] : [named];
  });
  return new Map(
    [...new Set(wanted)].map((setting) => {
      const secrets = (env[setting] ?? '').split(/\s+/).filter(Boolean);
      const keys = secrets.map(keyOf);
      const isRight = secrets.length > 0 && keys.every((key) => key !== null);
      const found = secrets.length === 0 ? 'missing' : `set, ${secrets.join(' ').length} characters, not such a secret`;
      if (!isRight) problems.push({ setting, found, expected: expectedSecret });
      return [setting, keys.flatMap((key) => key ?? [])];
    }),
  );
}

function keyOf(secret: string): Buffer | null {
  const written = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(written)) return null;
  const key = Buffer.from(written, 'base64');
  return key.length >= 24 && key.length <= 64 ? key : null;
}

/** The receiver of a service: its own, or that of all services. */
export function receiverOf(
  written: z.output<typeof changeTicket> | undefined,
  keys: ReadonlyMap<string, readonly Buffer[]>,
): { changeTicket?: ChangeTicket } {
  return written ? { changeTicket: { url: written.url, keys: keys.get(written.secret) ?? [] } } : {};
}
