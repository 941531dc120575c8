import { createPrivateKey } from 'node:crypto';

/**
 * Reads GITHUB_PRIVATE_KEY in the three ways that hosts let people store it: with real line breaks, with `\n` written
 * out, or the whole PEM in base64. Gives the PEM with line breaks; undefined when it is no RSA private key.
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
