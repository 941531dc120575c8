import type { Change, Run } from '../demo/shown.js';
import { Mark, spoken } from './mark.js';
import { usePage } from './page-context.js';
import { took, useNow } from './times.js';

/** The newest runs of GitHub Actions, with their jobs as they progress. */
export function Runs() {
  const { runs } = usePage().shown;
  const now = useNow(runs.some((run) => run.endedAt === null));
  return (
    <section aria-labelledby="runs-title" data-tour="runs">
      <h2 id="runs-title">Runs of GitHub Actions</h2>
      {runs.length === 0 ? (
        <p className="none">None yet: a push starts one on staging, Deploy one in production.</p>
      ) : null}
      <ol className="runs">
        {runs.map((run) => (
          <Entry key={run.id} run={run} now={now} />
        ))}
      </ol>
    </section>
  );
}

function Entry({ run, now }: { run: Run; now: number }) {
  const { service, workflow, number, attempt, title, state, startedAt, endedAt, jobs } = run;
  return (
    <li data-run={run.id} data-workflow={workflow} data-state={state}>
      <Mark state={state} />
      <div>
        <p className="title">
          <span className={`lane ${workflow}`}>{workflow}</span> <strong>{service}</strong> {title}
        </p>
        <ul className="jobs">
          {jobs.map((job) => (
            <li key={job.name}>
              <Mark state={job.state} /> {job.name}
            </li>
          ))}
        </ul>
      </div>
      <p className="end">
        <span>{spoken(state)}</span>
        <span>
          #{number}
          {attempt > 1 ? `, attempt ${attempt}` : ''} · {took(startedAt, endedAt ?? now)}
        </span>
      </p>
    </li>
  );
}

/** What was pushed to the main branches. */
export function Commits() {
  const { changes } = usePage().shown;
  return (
    <section aria-labelledby="commits-title">
      <h2 id="commits-title">Commits on main</h2>
      {changes.length === 0 ? <p className="none">None yet.</p> : null}
      <ol className="commits">
        {changes.map((change) => (
          <Commit key={`${change.service} ${change.sha}`} change={change} />
        ))}
      </ol>
    </section>
  );
}

function Commit({ change }: { change: Change }) {
  const { service, sha, title, author, staging, live } = change;
  return (
    <li>
      <Mark state={staging} />
      <p className="title">
        <code>{sha.slice(0, 7)}</code> {title}
      </p>
      <p className="end">
        {live ? <span className="live">live</span> : null}
        <span>
          {service} · {author.split(' ')[0]}
        </span>
      </p>
    </li>
  );
}
