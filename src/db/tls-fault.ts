/** Node's codes for a certificate that nobody whom this machine trusts has signed (nodejs.org/api/tls.html, X509 errors). */
const NOT_TRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

const UNCHECKED = 'sslmode=no-verify in it, or PGSSLMODE=no-verify beside it';

/**
 * What DATABASE_URL needs where the server and it do not agree on TLS, for a person; null for every other fault.
 * node-postgres 8 takes no TLS unless it is told to, and Heroku's servers take nothing else, with a certificate of their
 * own (devcenter.heroku.com/articles/connecting-heroku-postgres).
 */
export function tlsMend(error: unknown): string | null {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const said = typeof message === 'string' ? message : '';
  // PostgreSQL's own words, in auth.c; before version 14 they end with "SSL off".
  if (code === '28000' && /no encryption|SSL off/.test(said))
    return `${UNCHECKED}: the server demands TLS (that encrypts, and takes any certificate)`;
  if (typeof code === 'string' && NOT_TRUSTED.has(code))
    return `sslmode=verify-full and sslrootcert=FILE in it, with the certificate of the authority that signed; or ${UNCHECKED}, which takes any`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the host by the name that is in its certificate; or ${UNCHECKED}, which takes any`;
  if (said.startsWith('The server does not support SSL connections'))
    return 'sslmode=disable in it, and no PGSSLMODE: the server speaks no TLS';
  return null;
}
