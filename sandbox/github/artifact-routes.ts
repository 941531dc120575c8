import { createHmac } from 'node:crypto';
import { notFound, ok, refusal } from './answer.js';
import { type Access, paged, type Route, repositoryRoute } from './api.js';
import { artifactShape } from './run-shapes.js';
import type { Artifact, Run, World } from './world.js';

const read: Access = { area: 'actions', level: 'read' };
// The address in the redirect is valid for a minute.
const valid = 60_000;

function everyArtifact(runs: Iterable<Run>): Array<{ run: Run; artifact: Artifact }> {
  return [...runs].flatMap((run) => run.artifacts.map((artifact) => ({ run, artifact })));
}

/** Artifacts; `secret` signs the addresses of their contents. */
export function artifactRoutes(secret: string): Route[] {
  const sign = (id: string, until: string) => createHmac('sha256', secret).update(`${id} ${until}`).digest('base64url');
  const anywhere = (world: World, id: string) =>
    [...world.repositories.values()]
      .flatMap((repository) => everyArtifact(repository.runs))
      .find(({ artifact }) => String(artifact.id) === id);
  return [
    repositoryRoute('artifacts', 'GET', '/actions/runs/:run/artifacts', read, (world, call, repository) => {
      const run = repository.runs.find((each) => String(each.id) === call.params.run);
      if (!run) return notFound();
      const name = call.query.get('name');
      const named = run.artifacts.filter((artifact) => name === null || artifact.name === name);
      const { items, headers } = paged(world, call, named);
      const artifacts = items.map((artifact) => artifactShape(world, run, artifact));
      return ok({ total_count: named.length, artifacts }, headers);
    }),
    repositoryRoute('artifact-zip', 'GET', '/actions/artifacts/:artifact/:format', read, (world, call, repository) => {
      const id = call.params.artifact ?? '';
      const found = everyArtifact(repository.runs).find(({ artifact }) => String(artifact.id) === id);
      if (!found || call.params.format !== 'zip') return notFound();
      if (found.artifact.expired) return refusal(410, 'Artifact has expired');
      const until = String(world.now().getTime() + valid);
      const query = new URLSearchParams({ until, signature: sign(id, until) });
      return { status: 302, headers: { location: `${world.url}/_artifacts/${id}?${query}` } };
    }),
    {
      name: 'artifact-contents',
      method: 'GET',
      path: '/_artifacts/:artifact',
      access: 'anybody',
      handle: (world, call) => {
        const id = call.params.artifact ?? '';
        const until = call.query.get('until') ?? '';
        const genuine = call.query.get('signature') === sign(id, until) && Number(until) > world.now().getTime();
        const found = anywhere(world, id);
        if (!genuine || !found) return refusal(403, 'Server failed to authenticate the request.');
        return { status: 200, raw: found.artifact.zip, headers: { 'content-type': found.artifact.contentType } };
      },
    },
  ];
}
