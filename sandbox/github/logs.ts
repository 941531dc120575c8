import { createHmac, randomBytes } from 'node:crypto';

/** What a job wrote: all of it, or its end after so many bytes that nobody reads. */
export type JobLog = Uint8Array | { filler: number; end: Uint8Array };

/** What a tool noted about a job. */
export interface JobNote {
  path: string;
  line: number;
  level: 'notice' | 'warning' | 'failure';
  title?: string;
  message: string;
}

/**
 * How the storage serves logs. `ranges`: any of them. `from the start`: as Azure's, which does not know the last bytes of a
 * file. `whole`: it knows no ranges. `unmeasured`: whole, and without its length. `packed`: whole, compressed by the way.
 */
export type Serving = 'ranges' | 'from the start' | 'whole' | 'unmeasured' | 'packed';

/** The logs of all jobs, and the storage that has them, which is another server than the API's. */
export interface Logs {
  storage: string;
  serving: Serving;
  /** By the id of the job; null: there is none (yet). */
  kept: Map<number, JobLog | null>;
  notes: Map<number, JobNote[]>;
  /** They have expired: GitHub keeps them for ninety days. */
  expired: boolean;
  /** What the storage was asked for. */
  asked: { job: number; range: string | null; authorization: boolean; status: number }[];
  /** The address of a job's log until a time in ms, and whether one is genuine and not over. */
  address(job: number, until: number): string;
  isValid(url: URL, now: number): boolean;
}

export function noLogs(): Logs {
  const secret = randomBytes(16);
  const sign = (path: string, until: string) =>
    createHmac('sha256', secret).update(`${path} ${until}`).digest('base64url');
  return {
    storage: '',
    serving: 'from the start',
    kept: new Map(),
    notes: new Map(),
    expired: false,
    asked: [],
    address(job, until) {
      const path = `/actions-results/${job}/job-log.txt`;
      const query = new URLSearchParams({ se: String(until), sig: sign(path, String(until)) });
      return `${this.storage}${path}?${query}`;
    },
    isValid({ pathname, searchParams }, now) {
      const until = searchParams.get('se') ?? '';
      return searchParams.get('sig') === sign(pathname, until) && Number(until) > now;
    },
  };
}
