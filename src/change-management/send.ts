/** What a receiver said to a delivery; `why` names no address. */
export type Answer =
  | { readonly is: 'accepted' }
  /** It wants no more of them. */
  | { readonly is: 'gone' }
  | { readonly is: 'rate limited'; readonly retryAfterMs: number }
  | { readonly is: 'not accepted'; readonly why: string };

const PATIENCE_MS = 10_000;
/** A receiver may ask for a longer rest, and is asked again after this. */
const LONGEST_REST_MS = 86_400_000;

/**
 * Posts JSON once. A redirect is not followed: what is signed for one receiver is for no other. The answer's body is not
 * read. It goes through the proxy of the environment, if there is one, as fetch does everywhere, but to this machine directly.
 */
export async function send(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  patienceMs = PATIENCE_MS,
): Promise<Answer> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Pushbutton', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    });
    const { status } = answer;
    // It may never end.
    await answer.body?.cancel().catch(() => {});
    if (answer.ok) return { is: 'accepted' };
    if (status === 410) return { is: 'gone' };
    const restMs = status === 429 ? restOf(answer.headers) : null;
    if (restMs !== null) return { is: 'rate limited', retryAfterMs: restMs };
    return { is: 'not accepted', why: `answers ${status}${status < 400 ? ', which leads elsewhere' : ''}` };
  } catch (error) {
    return { is: 'not accepted', why: faultOf(error, patienceMs) };
  }
}

/** In seconds, or the time when it ends (RFC 9110, 10.2.3); null if there is neither. */
function restOf(headers: Headers): number | null {
  const written = headers.get('retry-after') ?? '';
  const ms = /^\d+$/.test(written)
    ? Number(written) * 1_000
    : Date.parse(written) - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 1_000), LONGEST_REST_MS);
}

/** By its code: the message of a fault may have the address. */
function faultOf(error: unknown, patienceMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `does not answer in ${patienceMs / 1_000} s`;
  const { code } = ((error as { cause?: unknown }).cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? `cannot be reached: ${code}` : 'cannot be reached';
}
