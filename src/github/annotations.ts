import { z } from 'zod';
import type { Annotation } from '../core/change/explanation.js';
import { plain } from '../core/change/plain.js';
import { withoutSecrets } from '../log/others-secrets.js';
import { ask, type ClientFor, split } from './client.js';
import { type Silent, silent } from './silence.js';

const annotation = z.object({
  path: z.string().nullish(),
  start_line: z.number().nullish(),
  annotation_level: z.string().nullish(),
  title: z.string().nullish(),
  message: z.string().nullish(),
});

/** The most that are told; runners write ten for each step. */
const MOST_TOLD = 5;
const MOST_MESSAGE = 300;
const MOST_PATH = 200;
/** What every failed step says. */
const EXIT = /^Process completed with exit code \d+\.$/;

/**
 * What was noted as a failure about a job, whose id is also that of its check run. None where the App may not read checks:
 * `checks: read` is no permission that Pushbutton needs.
 */
export async function readAnnotations(
  clients: ClientFor,
  repository: string,
  jobId: number,
): Promise<{ readonly is: 'read'; readonly annotations: Annotation[] } | Silent> {
  const answer = await ask(async () => {
    const client = await clients(repository);
    const of = { ...split(repository), check_run_id: jobId, per_page: 50 };
    return client.request('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', of);
  });
  if (answer.is === 'refused') return { is: 'read', annotations: [] };
  const list: unknown = answer.is === 'ok' ? answer.data : null;
  if (!Array.isArray(list)) return silent(answer);
  const told = list.flatMap((one) => {
    const read = annotation.safeParse(one);
    return read.success && read.data.annotation_level === 'failure' ? annotationOf(read.data) : [];
  });
  return { is: 'read', annotations: told.slice(0, MOST_TOLD) };
}

function annotationOf({ path, start_line, title, message }: z.infer<typeof annotation>): Annotation[] {
  // Of a long message the first part: the rest is a stack.
  const first = [message, title].map((text) => (text ?? '').slice(0, 20 * MOST_MESSAGE).trim()).find(Boolean);
  const said = plain(withoutSecrets(first ?? ''), MOST_MESSAGE);
  if (said === '' || EXIT.test(said)) return [];
  // `.github` stands for the job itself.
  const file = plain(path ?? '', MOST_PATH);
  const place = file === '' || file === '.github' ? null : start_line ? `${file}:${start_line}` : file;
  return [{ place, message: said }];
}
