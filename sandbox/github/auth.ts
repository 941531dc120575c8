import { createPublicKey, type KeyObject, randomBytes, verify } from 'node:crypto';
import { type Answer, refusal } from './answer.js';

type Area = 'actions' | 'checks' | 'statuses' | 'contents' | 'pull_requests' | 'metadata' | 'repository_hooks';
type Level = 'read' | 'write';
export type Permissions = Partial<Record<Area, Level>>;
export interface Permission {
  area: Area;
  level: Level;
}

/** What a personal token is, besides its permissions: `scopes` make it a classic one, which has nothing else. */
interface TokenKind {
  scopes?: string[];
  /** What its owner may do in the repositories; write by default. */
  role?: 'admin' | 'write' | 'read';
  expires?: Date;
}

/** Whose token came with the request. */
export type Identity =
  | ({ kind: 'pat'; login: string; permissions: Permissions } & TokenKind)
  | {
      kind: 'installation';
      installation: number;
      login: string;
      permissions: Permissions;
      repositories: number[] | null;
      expiresAt: Date;
    }
  | { kind: 'app'; login: string };

export interface AppOptions {
  id: string;
  slug: string;
  /** The App's private key, whose public half checks the JWTs; or only that half. */
  privateKeyPem?: string;
  publicKey?: string | KeyObject;
}

export interface Auth {
  /** The identity behind an `authorization` header, or GitHub's refusal. */
  identify(header: string | undefined): Identity | Answer;
  addToken(token: string, login: string, permissions?: Permissions, kind?: TokenKind): void;
  /** The headers in which GitHub describes a personal token. */
  headers(header: string | undefined): Record<string, string>;
  /** Sets what a token may do; `app` sets it for the App's installation and every token of it. */
  permit(token: string, permissions: Permissions): void;
  issue(
    installation: number,
    permissions: Permissions | undefined,
    repositories: number[] | null,
  ): { token: string; identity: Identity };
  /** What a token's requests are counted under: its installation, of which all tokens share the limits, or the token. */
  countedUnder(token: string): string;
  granted(): Permissions;
  /** Revokes every installation token now, or forgets one token. */
  revoke(token: string): void;
  revokeInstallation(installation: number): void;
}

/** What the requests of an installation are counted under. */
export const countOf = (installation: number): string => `installation ${installation}`;

const granted: Permissions = { actions: 'write', contents: 'read', pull_requests: 'read', metadata: 'read' };

/** Keeps the tokens of one stand-in. */
export function authority(app: AppOptions | undefined, now: () => Date): Auth {
  const tokens = new Map<string, Identity>();
  let appPermissions: Permissions = { ...granted };
  const key = app && publicKeyOf(app);

  function identify(header: string | undefined): Identity | Answer {
    if (header === undefined) return refusal(401, 'Requires authentication');
    const token = /^(?:bearer|token) +(\S+)$/i.exec(header)?.[1];
    if (token === undefined) return refusal(401, 'Bad credentials');
    if (app && key && /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
      return checkJwt(token, app, key, now()) ?? { kind: 'app', login: `${app.slug}[bot]` };
    }
    const identity = tokens.get(token);
    if (!identity || (identity.kind === 'installation' && identity.expiresAt <= now())) {
      return refusal(401, 'Bad credentials');
    }
    return identity;
  }

  return {
    identify,
    addToken(token, login, permissions = granted, kind = {}) {
      tokens.set(token, { kind: 'pat', login, permissions: { ...permissions }, ...kind });
    },
    headers(header) {
      const identity = identify(header);
      if (!('kind' in identity) || identity.kind !== 'pat') return {};
      const { scopes, expires } = identity;
      return {
        ...(scopes && { 'x-oauth-scopes': scopes.join(', ') }),
        ...(expires && {
          'github-authentication-token-expiration': `${expires.toISOString().slice(0, 19).replace('T', ' ')} UTC`,
        }),
      };
    },
    permit(token, permissions) {
      if (token === 'app') {
        appPermissions = { ...permissions };
        for (const each of tokens.values()) if (each.kind === 'installation') each.permissions = { ...permissions };
        return;
      }
      const identity = tokens.get(token);
      if (!identity || identity.kind === 'app') throw new Error('the stand-in does not know that token');
      identity.permissions = { ...permissions };
    },
    issue(installation, permissions, repositories) {
      const part = () => randomBytes(48).toString('base64url');
      // Longer than the old forty characters, with dots, as since April 2026: nothing may assume a length.
      const token = `ghs_${app?.id}_${part()}.${part()}.${part()}`;
      const identity: Identity = {
        kind: 'installation',
        installation,
        login: `${app?.slug}[bot]`,
        permissions: { ...appPermissions, ...permissions },
        repositories,
        expiresAt: new Date(now().getTime() + 3_600_000),
      };
      if (permissions) identity.permissions = { metadata: 'read', ...permissions };
      tokens.set(token, identity);
      return { token, identity };
    },
    countedUnder(token) {
      const identity = tokens.get(token);
      return identity?.kind === 'installation' ? countOf(identity.installation) : token;
    },
    granted: () => ({ ...appPermissions }),
    revoke(token) {
      if (token !== 'app') tokens.delete(token);
      else for (const [each, identity] of tokens) if (identity.kind === 'installation') tokens.delete(each);
    },
    revokeInstallation(installation) {
      for (const [each, identity] of tokens)
        if (identity.kind === 'installation' && identity.installation === installation) tokens.delete(each);
    },
  };
}

function publicKeyOf(app: AppOptions): KeyObject {
  const { publicKey, privateKeyPem } = app;
  if (typeof publicKey === 'object') return publicKey;
  const pem = publicKey ?? privateKeyPem;
  if (!pem) throw new Error('the stand-in needs privateKeyPem or publicKey to check the JWTs of its App');
  return createPublicKey(pem);
}

function checkJwt(token: string, app: AppOptions, key: KeyObject, at: Date): Answer | null {
  const undecodable = refusal(401, 'A JSON web token could not be decoded');
  const [head = '', payload = '', signature = ''] = token.split('.');
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'))) {
    return undecodable;
  }
  let claims: Record<string, unknown>;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undecodable;
  }
  const seconds = at.getTime() / 1000;
  const { iss, iat, exp } = claims;
  if (String(iss) !== app.id) return refusal(404, 'Integration not found');
  if (typeof exp !== 'number' || exp <= seconds) {
    const must = 'must be a numeric value representing the future time at which the assertion expires';
    return refusal(401, `'Expiration time' claim ('exp') ${must}`);
  }
  if (exp > seconds + 610) return refusal(401, `'Expiration time' claim ('exp') is too far in the future`);
  if (typeof iat !== 'number' || iat > seconds + 5) {
    const must = 'must be an Integer representing the time that the assertion was issued';
    return refusal(401, `'Issued at' claim ('iat') ${must}`);
  }
  return null;
}

/**
 * GitHub's refusal if an identity lacks a permission, else null. Any token may read what is public, except webhooks; a
 * classic token without the scope is told that there is nothing.
 */
export function lacks(identity: Identity, needed: Permission, inPrivate: boolean): Answer | null {
  if (identity.kind === 'app') return refusal(401, 'Bad credentials');
  const hooks = needed.area === 'repository_hooks';
  if (!inPrivate && needed.level === 'read' && !hooks) return null;
  if (identity.kind === 'pat') {
    const { scopes, role = 'write' } = identity;
    if (needed.level === 'write' && role === 'read') return refusal(403, 'Must have admin rights to Repository.');
    if (hooks && role !== 'admin' && (scopes || identity.permissions.repository_hooks))
      return refusal(404, 'Not Found');
    if (scopes) {
      const enough = scopes.includes('repo') || (!inPrivate && scopes.includes('public_repo'));
      return enough ? null : refusal(404, 'Not Found');
    }
  }
  const has = identity.permissions[needed.area];
  if (has === 'write' || has === needed.level) return null;
  const who = identity.kind === 'installation' ? 'integration' : 'personal access token';
  return refusal(403, `Resource not accessible by ${who}`, {
    'x-accepted-github-permissions': `${needed.area}=${needed.level}`,
  });
}
