import { createHmac } from 'node:crypto';

/**
 * The headers of a delivery as Standard Webhooks has them, so that a receiver can check it with a library
 * (github.com/standard-webhooks/standard-webhooks, spec, "Signature scheme"): a signature for each key, so that receivers
 * can change theirs while both are valid. `id` has no dot; `at` is the time of this attempt.
 */
export function signedHeaders(
  { id, at, body }: { readonly id: string; readonly at: Date; readonly body: string },
  keys: readonly Buffer[],
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signatures = keys.map((key) => createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64'));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.map((one) => `v1,${one}`).join(' '),
  };
}
