import type { Json } from './shapes.js';

/** What a route answers a request with. */
export interface Answer {
  status: number;
  body?: unknown;
  raw?: Uint8Array;
  headers?: Record<string, string>;
}

/** A refusal in GitHub's words and shape. */
export function refusal(status: number, message: string, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers,
    body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) },
  };
}

export function notFound(): Answer {
  return refusal(404, 'Not Found');
}

/** What every token of a suspended installation is told. */
export function suspended(): Answer {
  return refusal(403, 'This installation has been suspended');
}

export function ok(body: Json | Json[], headers: Record<string, string> = {}): Answer {
  return { status: 200, body, headers };
}
