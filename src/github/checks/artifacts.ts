import { skipped, type Verdict, wrong } from '../../core/check.js';
import type { Server } from './server.js';

/** A step that keeps or fetches artifacts. */
export interface ArtifactStep {
  /** As in the file: `actions/upload-artifact@v6`. */
  readonly uses: string;
  /** Whether it may be left out, or may fail: it has a condition that depends on more than how the run goes so far. */
  readonly optional: boolean;
}

const ARTIFACTS = /^actions\/(?:upload|download)-artifact(?:\/merge)?@(.*)$/i;
/** Conditions of how the run goes so far. */
const GOES = /^(?:[\s!$&|{}()]|(?:always|success|failure|cancelled)\(\))*$/;

/** Finds the steps that use GitHub's own actions for artifacts. Takes the parsed file; ignores what has another shape. */
export function findArtifactSteps(workflow: unknown): ArtifactStep[] {
  return entriesOf(field(workflow, 'jobs')).flatMap((job) =>
    entriesOf(field(job, 'steps')).flatMap((step): ArtifactStep[] => {
      const uses = field(step, 'uses');
      if (typeof uses !== 'string' || !ARTIFACTS.test(uses)) return [];
      const conditions = [field(job, 'if'), field(step, 'if')];
      const free = conditions.some((condition) => condition != null && !GOES.test(String(condition)));
      const mayFail = [job, step].some(
        (one) => ![undefined, null, false].includes(field(one, 'continue-on-error') as null),
      );
      return [{ uses, optional: free || mayFail }];
    }),
  );
}

/**
 * What a GitHub Enterprise Server makes of those steps: from version 4 on the actions refuse to run there
 * (github.com/actions/upload-artifact, README, GHES Support). null when there is nothing to say.
 */
export function artifactsVerdict(
  server: Server | null,
  { artifactSteps }: { readonly artifactSteps: readonly ArtifactStep[] },
  workflow: string,
): Verdict | null {
  if (!server) return null;
  const tooNew = artifactSteps.filter(({ uses }) => majorOf(uses) !== null && Number(majorOf(uses)) >= 4);
  const refused = tooNew.find(({ optional }) => !optional);
  if (refused)
    return wrong(
      `${workflow} uses ${refused.uses}, which refuses to run on GitHub Enterprise Server: its runs cannot pass`,
      ...mendOf(refused.uses),
    );
  const unknown = [...tooNew, ...artifactSteps.filter(({ uses }) => majorOf(uses) === null)].at(0);
  return unknown
    ? skipped(`look at the step ${unknown.uses} of ${workflow}: from version 4 on it refuses to run on this server`)
    : null;
}

function mendOf(uses: string): [mend: string, copy?: string] {
  if (uses.includes('/merge@'))
    return ['Leave the step out: before version 4, artifacts of one name are merged by themselves.'];
  if (/download-artifact/i.test(uses)) return ['Use instead:', 'uses: actions/download-artifact@v3'];
  return [
    'Use instead, without overwrite (and with v3.2.2-node20 where runners have no Node 24):',
    'uses: actions/upload-artifact@v3.2.2',
  ];
}

/** The first number of a version; null for a branch or a commit. */
function majorOf(uses: string): string | null {
  const version = ARTIFACTS.exec(uses)?.[1] ?? '';
  return /^v?(\d{1,3})(?:\.|-|$)/.exec(version)?.[1] ?? null;
}

const field = (of: unknown, key: string): unknown =>
  typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[key] : undefined;
const entriesOf = (of: unknown): unknown[] => (typeof of === 'object' && of !== null ? Object.values(of) : []);
