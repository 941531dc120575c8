/** Node's codes for a certificate without a signer that this machine trusts (nodejs.org/api/tls.html, X509 errors). */
const NOT_TRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

const UNCHECKED = 'sslmode=no-verify, or PGSSLMODE=no-verify in the environment';

/**
 * Says what DATABASE_URL needs when it and the server disagree about TLS; null for every other fault.
 * node-postgres 8 uses no TLS unless told to. Heroku's servers require it, with a self-signed certificate
 * (devcenter.heroku.com/articles/connecting-heroku-postgres).
 */
export function tlsMend(error: unknown): string | null {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const said = typeof message === 'string' ? message : '';
  // PostgreSQL's own words, in auth.c; before version 14 they end with "SSL off".
  if (code === '28000' && /no encryption|SSL off/.test(said))
    return `${UNCHECKED}: the server requires TLS (no-verify encrypts, but accepts any certificate)`;
  if (typeof code === 'string' && NOT_TRUSTED.has(code))
    return `sslmode=verify-full and sslrootcert=FILE, with the certificate of the signing authority; or ${UNCHECKED}, which accepts any`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the host name from the server's certificate; or ${UNCHECKED}, which accepts any`;
  const file = fileMend(String(code), said);
  if (file !== null) return file;
  if (said.startsWith('The server does not support SSL connections'))
    return 'sslmode=disable, and PGSSLMODE unset: the server does not support TLS';
  return null;
}

/** Faults of the files in the address, by OpenSSL's reasons and the codes of the system. */
function fileMend(code: string, said: string): string | null {
  if (/bad decrypt|interrupted or cancelled/.test(said))
    return 'in sslkey a key without a passphrase: openssl pkey -in ENCRYPTED.key -out PLAIN.key';
  if (/key values mismatch/.test(said)) return 'in sslkey the private key of the certificate in sslcert';
  if (code === 'ERR_OSSL_UNSUPPORTED' || /no start line|PEM routines/.test(said))
    return 'in sslkey, sslcert and sslrootcert files in PEM form (-----BEGIN …)';
  if ((code === 'ENOENT' || code === 'EACCES') && said.includes(', open '))
    return 'in sslkey, sslcert and sslrootcert files that are there and that this account may read';
  return null;
}
