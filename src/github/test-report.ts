import { XMLParser } from 'fast-xml-parser';
import { unzipSync } from 'fflate';
import type { TestCounts } from '../core/change.js';
import { ask, type ClientFor, split } from './client.js';
import { unanswered } from './silence.js';

const MOST_BYTES = 10 * 1024 * 1024;
const MOST_UNPACKED = 50 * 1024 * 1024;

/**
 * Test counts from an artifact of a staging run: a zip of at most 10 MB that holds JUnit `*.xml` files. null when there is
 * none of that name, or when it is too large or no JUnit: the card shows the jobs then. Throws when GitHub does not answer.
 */
export async function readTestReport(
  clients: ClientFor,
  repository: string,
  runId: number,
  name: string,
): Promise<TestCounts | null> {
  const listed = await ask(async () => {
    const client = await clients(repository);
    return client.request('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', {
      ...split(repository),
      run_id: runId,
      name,
    });
  });
  if (listed.is === 'refused') return null;
  if (listed.is !== 'ok') throw unanswered(listed, 'GitHub does not list the artifacts');
  // A re-run leaves an artifact of the same name for each attempt; the newest has the largest id.
  const found = listed.data.artifacts.filter((one) => one.name === name && !one.expired).sort((a, b) => b.id - a.id)[0];
  if (!found || found.size_in_bytes > MOST_BYTES) return null;
  const zip = await ask(async () => {
    const client = await clients(repository);
    return client.request('GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}', {
      ...split(repository),
      artifact_id: found.id,
      archive_format: 'zip',
    });
  });
  if (zip.is === 'refused') return null;
  if (zip.is !== 'ok' || !(zip.data instanceof ArrayBuffer))
    throw unanswered(zip, 'GitHub does not hand out the artifact');
  return countTests(new Uint8Array(zip.data));
}

/** Counts the test cases of all JUnit files in a zip; null when it is no zip or holds no test. */
export function countTests(zip: Uint8Array): TestCounts | null {
  if (zip.length > MOST_BYTES) return null;
  let unpacked = 0;
  try {
    const files = unzipSync(zip, {
      filter: (file) => {
        unpacked += file.originalSize;
        return file.name.endsWith('.xml') && unpacked <= MOST_UNPACKED;
      },
    });
    const parser = new XMLParser({ ignoreAttributes: true, processEntities: false });
    const counts = { total: 0, failed: 0, skipped: 0 };
    for (const bytes of Object.values(files)) count(parser.parse(new TextDecoder().decode(bytes)), counts);
    return counts.total > 0 ? counts : null;
  } catch {
    return null;
  }
}

function count(node: unknown, counts: { total: number; failed: number; skipped: number }): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [name, value] of Object.entries(node)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (name !== 'testcase') {
        count(one, counts);
        continue;
      }
      counts.total += 1;
      const inside = typeof one === 'object' && one !== null ? Object.keys(one) : [];
      if (inside.includes('failure') || inside.includes('error')) counts.failed += 1;
      else if (inside.includes('skipped')) counts.skipped += 1;
    }
  }
}
