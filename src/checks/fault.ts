import type { AskFault } from '../core/stages/checks.js';

/** A request that came to nothing: why, and a code or a few words that name no address. */
export class Fault extends Error {
  readonly why: AskFault;
  readonly words: string;

  constructor(why: AskFault, words: string) {
    super(`${why}: ${words}`);
    this.name = 'Fault';
    this.why = why;
    this.words = words;
  }
}

/** What OpenSSL and Node say of certificates and handshakes (nodejs.org/api/tls, "X509 certificate error codes"). */
const TLS = /CERT|SSL|TLS|CRL|^EPROTO$|LEAF_SIGNATURE|^INVALID_(?:CA|PURPOSE)$|^PATH_LENGTH|^HOSTNAME_MISMATCH$/;

/** Of what the network or fetch has thrown. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { cause = error } = error as { cause?: unknown };
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
  // The codes of undici say less than its messages.
  if (typeof code !== 'string' || code.startsWith('UND_'))
    return new Fault('no answer', typeof message === 'string' ? message : 'unknown');
  return new Fault(TLS.test(code) ? 'tls' : 'no answer', code);
}
