import { createPrivateKey } from 'node:crypto';

/**
 * Reads GITHUB_PRIVATE_KEY in any of the three forms that hosts can store: with real line breaks, with `\n` instead of
 * them, or the whole PEM in base64. Returns the PEM with line breaks, or undefined when it is not an RSA private key.
 */
export function readPrivateKey(text: string): string | undefined {
  const written = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8');
  const pem = written.replaceAll('\\r', '').replaceAll('\\n', '\n').replaceAll('\r', '').trim();
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa' ? `${pem}\n` : undefined;
  } catch {
    return undefined;
  }
}
