type ErrorFields = { type: string; message: string; code?: string | number; cause?: ErrorFields };

/**
 * What a log says about an error: type, message, code (Node's and Postgres's `code`, octokit's `status`) and the same
 * for its causes, three levels in all, because fetch itself says only "fetch failed". Never its stack, never other
 * fields: clients keep whole requests there. A thrown string becomes the message; another value gives its type.
 */
export function errorFields(error: unknown, depth = 3): ErrorFields {
  if (!(error instanceof Error))
    return { type: typeof error, message: typeof error === 'string' ? error : 'not an Error' };
  const { code, status } = error as { code?: unknown; status?: unknown };
  const known = code ?? status;
  return {
    type: error.name === 'Error' ? error.constructor.name : error.name,
    message: error.message,
    ...(typeof known === 'string' || typeof known === 'number' ? { code: known } : {}),
    ...(error.cause instanceof Error && depth > 1 ? { cause: errorFields(error.cause, depth - 1) } : {}),
  };
}
