import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ManifestScopes } from './sign-in.js';

const scopes = z.object({
  oauth_config: z.object({
    scopes: z.object({ bot: z.array(z.string()), bot_optional: z.array(z.string()).default([]) }),
  }),
});

/** The scopes that a manifest requests; null when the file is missing or is not a manifest. */
export function manifestScopes(file: string): ManifestScopes | null {
  try {
    const { bot, bot_optional } = scopes.parse(parse(readFileSync(file, 'utf8'))).oauth_config.scopes;
    return { bot, optional: bot_optional };
  } catch {
    return null;
  }
}
