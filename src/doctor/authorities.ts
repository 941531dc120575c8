import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ok, type Verdict, wrong } from '../core/check.js';

/**
 * Whether Node could take further certificate authorities from the file that NODE_EXTRA_CA_CERTS names. Node itself warns
 * at most, and goes on without them.
 */
export function authoritiesVerdict(file: string): Verdict {
  const mend = 'Set it to a PEM file of certificates that this account can read, with its whole path.';
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return wrong(`NODE_EXTRA_CA_CERTS: ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, mend);
  }
  const blocks = text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END [A-Z0-9 ]+-----/g) ?? [];
  if (blocks.length === 0) return wrong(`NODE_EXTRA_CA_CERTS: ${file} has no certificate in PEM form`, mend);
  const unreadable = blocks.findIndex((block) => !isCertificate(block));
  if (unreadable >= 0)
    return wrong(`NODE_EXTRA_CA_CERTS: certificate ${unreadable + 1} of ${blocks.length} in ${file} is not one`, mend);
  return ok(`${blocks.length} of ${file}, beside those that Node knows`);
}

function isCertificate(pem: string): boolean {
  try {
    return Boolean(new X509Certificate(pem));
  } catch {
    return false;
  }
}
