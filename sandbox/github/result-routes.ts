import { notFound, ok, refusal } from './answer.js';
import { paged, type Route, repositoryRoute } from './api.js';
import { checkRunShape, statusShape } from './result-shapes.js';
import { resultsIn } from './results.js';

/** Check runs and statuses of a commit: a token reads each with a permission of its own. */
export const resultRoutes: Route[] = [
  repositoryRoute(
    'check-runs',
    'GET',
    '/commits/:ref/check-runs',
    { area: 'checks', level: 'read' },
    (world, call, repository) => {
      const sha = call.params.ref ?? '';
      if (!repository.commits.has(sha)) return refusal(422, `No commit found for SHA: ${sha}`);
      const filter = call.query.get('filter') ?? 'latest';
      if (filter !== 'latest' && filter !== 'all') return refusal(422, 'Validation Failed: filter is latest or all');
      const name = call.query.get('check_name');
      const all = resultsIn(repository).checks.filter((one) => one.sha === sha && (name === null || one.name === name));
      const newest = [...all].reverse();
      // The latest of each name, whoever made it.
      const listed =
        filter === 'all'
          ? newest
          : newest.filter((one, at) => newest.findIndex(({ name }) => name === one.name) === at);
      const { items, headers } = paged(world, call, listed);
      const checks = items.map((one) => checkRunShape(world, repository, one));
      return ok({ total_count: listed.length, check_runs: checks }, headers);
    },
  ),
  repositoryRoute(
    'statuses',
    'GET',
    '/commits/:ref/statuses',
    { area: 'statuses', level: 'read' },
    (world, call, repository) => {
      const sha = call.params.ref ?? '';
      if (!repository.commits.has(sha)) return notFound();
      const all = resultsIn(repository).statuses.filter((one) => one.sha === sha);
      const { items, headers } = paged(world, call, [...all].reverse());
      return ok(
        items.map((one) => statusShape(world, repository, one)),
        headers,
      );
    },
  ),
];
