import type { ChangeRef } from '../core/change/change.js';
import type { Deployment } from '../core/deployment/deployment.js';
import type { Names } from '../core/report.js';
import { DEPLOYMENT_COLUMNS } from './deployment-columns.js';
import { type DeploymentRow, deploymentOf } from './deployment-row.js';
import type { Queryable } from './pool.js';

/** A deployment with its change, and who asked for it, if that name is known. */
export interface Request {
  readonly deployment: Deployment;
  readonly change: ChangeRef;
  readonly names: Names;
}

/** Those of these deployments that there are, in one statement. */
export async function requestsOf(db: Queryable, deploymentIds: readonly number[]): Promise<Map<number, Request>> {
  const { rows } = await db.query<DeploymentRow & { change: ChangeRef; requester: string | null }>({
    name: 'requests-of',
    text: `select ${DEPLOYMENT_COLUMNS},
        (select to_json(ref) from (select id, key, sha, title from changes where id = change_id) ref) as change,
        (select name from people where slack_user_id = requested_by) as requester
      from deployments where id = any($1)`,
    values: [deploymentIds],
  });
  return new Map(
    rows.map(({ change, requester, ...row }) => {
      const names = new Map(requester === null ? [] : [[row.requested_by, requester]]);
      return [row.id, { deployment: deploymentOf(row), change, names }];
    }),
  );
}
