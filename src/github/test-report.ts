import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Parser } from 'htmlparser2';
import { fromBufferPromise } from 'yauzl';
import type { TestCounts } from '../core/change/change.js';
import { ask, type ClientFor, split } from './client.js';
import { unanswered } from './silence.js';

const MOST_BYTES = 10 * 1024 * 1024;
const MOST_UNPACKED = 50 * 1024 * 1024;
const MOST_DEPTH = 100;
/** Characters that are parsed before other work gets its turn: about a millisecond. */
const PIECE = 16 * 1024;

/**
 * Test counts from an artifact of a staging run: a zip of at most 10 MB with JUnit `*.xml` files. null when there is no
 * such artifact, it is too large or it is not JUnit; the card then shows the jobs. Throws when GitHub does not answer.
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
  // Each attempt of a run leaves an artifact with the same name; the newest has the largest id.
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
    throw unanswered(zip, 'GitHub does not return the artifact');
  return countTests(new Uint8Array(zip.data));
}

/**
 * Counts the test cases of all JUnit files in a zip; null when it is not a zip, holds no tests, is too large or is cut
 * off. Reads a stream: a few kilobytes can unpack to megabytes, which must not block the process or fill its memory.
 */
export async function countTests(zip: Uint8Array): Promise<TestCounts | null> {
  if (zip.length > MOST_BYTES) return null;
  const counts = { total: 0, failed: 0, skipped: 0 };
  let unpacked = 0;
  try {
    const archive = await fromBufferPromise(Buffer.from(zip.buffer, zip.byteOffset, zip.length));
    for await (const entry of archive.eachEntry()) {
      if (!entry.fileName.endsWith('.xml')) continue;
      unpacked += entry.uncompressedSize;
      if (unpacked > MOST_UNPACKED) return null;
      await countFile(await archive.openReadStreamPromise(entry), counts);
    }
    return counts.total > 0 ? counts : null;
  } catch {
    return null;
  }
}

type Outcome = 'passed' | 'failed' | 'skipped';

async function countFile(xml: Readable, counts: { total: number; failed: number; skipped: number }): Promise<void> {
  let depth = 0;
  let test: { readonly depth: number; outcome: Outcome } | null = null;
  const parser = new Parser(
    {
      onopentagname: (name) => {
        depth += 1;
        if (depth > MOST_DEPTH) throw new Error('the report is nested too deeply');
        if (test === null && name === 'testcase') test = { depth, outcome: 'passed' };
        else if (test && depth === test.depth + 1) test.outcome = outcomeBy(name, test.outcome);
      },
      onclosetag: () => {
        if (test?.depth === depth) {
          counts.total += 1;
          if (test.outcome !== 'passed') counts[test.outcome] += 1;
          test = null;
        }
        depth -= 1;
      },
    },
    { xmlMode: true, decodeEntities: false },
  );
  xml.setEncoding('utf8');
  for await (const chunk of xml) {
    // An uncompressed file arrives as one chunk, and chunks that are already there would be read without a pause.
    for (let at = 0; at < (chunk as string).length; at += PIECE) {
      parser.write((chunk as string).slice(at, at + PIECE));
      await setImmediate();
    }
  }
  if (depth !== 0) throw new Error('the report is truncated');
}

function outcomeBy(element: string, before: Outcome): Outcome {
  if (element === 'failure' || element === 'error') return 'failed';
  return element === 'skipped' && before === 'passed' ? 'skipped' : before;
}
