/** Reads the test reports of a staging run: a zip of JUnit files, or one such file. */

import { setImmediate } from 'node:timers/promises';
import { createInflateRaw } from 'node:zlib';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import type { SlowTest } from '../core/change/change.js';
import { type FailedTest, MOST_FAILED, type ReadReport } from '../core/change/failed-tests.js';
import { readFile } from './read-file.js';
import { type FileReport, MOST_FINGERPRINTS } from './tally.js';

/** The largest artifact that is read, in bytes. */
export const MOST_BYTES = 10 * 1024 * 1024;
/** The method of a zip that packs a file (APPNOTE.TXT, 4.4.5); 0 is a file as it is. */
const DEFLATED = 8;
/** Failures whose names are kept: enough to find the new ones among them. */
const MOST_NAMED = 200;
const NEVER: SlowTest = { name: '', suite: null, ms: 0 };
const MOST_UNPACKED = 50 * 1024 * 1024;
/** The most files that are read of one artifact. Each takes its time, however small it is. */
const MOST_FILES = 20_000;
/** What is unpacked at once; each piece is a turn of the event loop. */
const PIECE = 64 * 1024;

/** What is known of an artifact that is too large to be read. */
export const TOO_LARGE: ReadReport = {
  ...{ total: 0, failed: 0, skipped: 0, outside: 0, unreadable: 1 },
  ...{ failedTests: [], flaky: 0, flakyTests: [] },
};

/**
 * Counts the tests of all JUnit files in an artifact, which is a zip or a file itself; files of other formats are passed
 * over. null when there is no test and nothing that should have been a report. What is cut off, no XML, nested too deeply
 * or too large (10 MB, 50 MB unpacked, 20,000 files) counts as a report that could not be read. Reads streams: a few
 * kilobytes can unpack to megabytes, which must not block the process or fill its memory.
 */
export async function readReports(artifact: Uint8Array): Promise<ReadReport | null> {
  if (artifact.length > MOST_BYTES) return TOO_LARGE;
  const bytes = Buffer.from(artifact.buffer, artifact.byteOffset, artifact.length);
  return isZip(bytes) ? readZip(bytes) : readOne(bytes);
}

/** A zip begins with its first file or, if it is empty, with its directory. */
const isZip = (bytes: Buffer): boolean => bytes.subarray(0, 2).toString('latin1') === 'PK';

async function readOne(bytes: Buffer): Promise<ReadReport | null> {
  try {
    const report = await readFile(pieces(bytes), false);
    return sum(report ? [report] : [], 0);
  } catch {
    return sum([], 1);
  }
}

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function readZip(bytes: Buffer): Promise<ReadReport | null> {
  const reports: FileReport[] = [];
  let unreadable = 0;
  try {
    const archive = await fromBufferPromise(bytes);
    const entries = [];
    for await (const entry of archive.eachEntry()) {
      if (/\.xml$/i.test(entry.fileName) && !entry.fileName.startsWith('__MACOSX/')) entries.push(entry);
    }
    const size = entries.reduce((all, entry) => all + entry.uncompressedSize, 0);
    if (entries.length > MOST_FILES || size > MOST_UNPACKED) return sum([], entries.length);
    let fingerprints = entries.length > 1 ? MOST_FINGERPRINTS : 0;
    for (const entry of entries) {
      try {
        const report = await readFile(unpacked(bytes, archive, entry), fingerprints > 0);
        if (!report) continue;
        fingerprints -= report.fingerprints?.length ?? MOST_FINGERPRINTS;
        reports.push(report);
      } catch {
        unreadable += 1;
      }
    }
  } catch {
    return sum([], 1);
  }
  return sum(fingerprinted(reports) ? await withoutRepetitions(reports) : reports, unreadable);
}

/** The bytes of a file in the zip. Throws if they are packed in another way, or are more or less than the zip says. */
async function* unpacked(zip: Buffer, archive: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  if (!entry.canDecodeFileData()) throw new Error('the file is encrypted, or packed in a way that is not known');
  const { fileDataStart } = await archive.readLocalFileHeaderPromise(entry, { minimal: true });
  const packed = zip.subarray(fileDataStart, fileDataStart + entry.compressedSize);
  let left = entry.uncompressedSize;
  for await (const chunk of entry.compressionMethod === DEFLATED ? inflated(packed) : pieces(packed)) {
    left -= chunk.length;
    if (left < 0) break;
    yield chunk;
  }
  if (left !== 0) throw new Error('the file has another size than the zip says');
}

/** Unpacks as it is read. yauzl would do that in pieces of 16 KB, and in three streams, which takes longer. */
function inflated(packed: Buffer): AsyncIterable<Buffer> {
  const inflate = createInflateRaw({ chunkSize: PIECE });
  inflate.end(packed);
  return inflate;
}

const fingerprinted = (reports: readonly FileReport[]): boolean =>
  reports.length > 1 && reports.every((report) => report.fingerprints !== null);

/**
 * Leaves out files whose tests all stand in the others, with the same outcome and the same time: a merged file beside its
 * parts, or a part that was merged with more. Of these the parts are kept if they hold everything, because they say which
 * tool wrote them. What failed is never left out everywhere.
 */
async function withoutRepetitions(reports: readonly FileReport[]): Promise<FileReport[]> {
  const tests = new Map<string, number>();
  const add = (report: FileReport, sign: 1 | -1): void => {
    for (const one of report.fingerprints ?? []) tests.set(one, (tests.get(one) ?? 0) + sign);
  };
  for (const report of reports) {
    add(report, 1);
    await setImmediate();
  }
  let outside = reports.reduce((all, report) => all + report.outside, 0);
  const kept = new Set(reports);
  const sizeOf = (report: FileReport): number => report.fingerprints?.length ?? 0;
  for (const report of [...reports].sort((a, b) => sizeOf(b) - sizeOf(a))) {
    if (sizeOf(report) === 0) continue;
    await setImmediate();
    const own = new Map<string, number>();
    for (const one of report.fingerprints ?? []) own.set(one, (own.get(one) ?? 0) + 1);
    if ([...own].some(([one, times]) => (tests.get(one) ?? 0) < 2 * times)) continue;
    if (outside - report.outside < report.outside) continue;
    kept.delete(report);
    outside -= report.outside;
    add(report, -1);
  }
  return reports.filter((report) => kept.has(report));
}

/** Those that are told apart, the first with their names. */
const kept = (tests: readonly FailedTest[]): FailedTest[] =>
  tests.slice(0, MOST_FAILED).map((one, n) => (n < MOST_NAMED ? one : { ...one, failure: null }));

function slowestOf(reports: readonly FileReport[]): Pick<ReadReport, 'slowest'> {
  const timed = reports.flatMap(({ slowest }) => slowest ?? []);
  const slowest = timed.reduce((most, one) => (one.ms > most.ms ? one : most), timed[0] ?? NEVER);
  return slowest === NEVER ? {} : { slowest };
}

function sum(reports: readonly FileReport[], unreadable: number): ReadReport | null {
  const add = (of: (report: FileReport) => number): number => reports.reduce((all, report) => all + of(report), 0);
  const whole = {
    total: add((report) => report.total),
    failed: add((report) => report.failed),
    skipped: add((report) => report.skipped),
    outside: add((report) => report.outside),
    unreadable,
    failedTests: kept(reports.flatMap((report) => report.failedTests)),
    flaky: add((report) => report.flaky),
    flakyTests: kept(reports.flatMap((report) => report.flakyTests)),
    ...slowestOf(reports),
  };
  return whole.total + whole.outside + unreadable > 0 ? whole : null;
}
