import { ask } from '../../../support/fake-service.js';
import type { Answer } from '../../../support/fake-service.js';
import { aPod, appId, urlIn } from '../support/world.js';
import type { World } from '../support/world.js';

/** What an operation is asked with, besides its URL. */
export interface Request {
  readonly body?: (world: World) => unknown;
  /** RAML's type of the body that is sent, where no schema of ours is held against it. */
  readonly bodyType?: string;
  /** With which it succeeds; most need none. */
  readonly query?: string;
  readonly accept?: string;
  /** The type of the answer's body where RAML has an example only. */
  readonly type?: string;
}

const deployed: Request = { type: 'deploymentResult.DeploymentResult' };
export const anyApp = (id: string): object => ({ id, cmd: 'sleep 1' });

/** The requests that need more than their URL, by operation. */
export const requests: Readonly<Record<string, Request>> = {
  'GET /v2/apps': { type: 'app.AppList', query: '?embed=apps.tasks&embed=apps.lastTaskFailure' },
  'PUT /v2/apps': { ...deployed, body: () => [{ id: appId, instances: 3 }] },
  'PATCH /v2/apps': { ...deployed, body: () => [{ id: appId, instances: 3 }] },
  'POST /v2/apps': { type: 'app.AppInfo', body: () => anyApp('/new') },
  'PUT /v2/apps/{app_id}': { ...deployed, body: () => ({ instances: 3 }) },
  'PATCH /v2/apps/{app_id}': { ...deployed, body: () => ({ instances: 3 }) },
  'DELETE /v2/apps/{app_id}': deployed,
  'POST /v2/apps/{app_id}/restart': deployed,
  'GET /v2/apps/{app_id}/versions': { type: 'app.VersionList' },
  'POST /v2/pods': { body: () => ({ ...aPod, id: '/g/other' }) },
  'PUT /v2/pods/{id}': { query: '?force=true', body: () => ({ ...aPod, labels: { a: 'b' } }) },
  'DELETE /v2/pods/{id}': { query: '?force=true' },
  'DELETE /v2/pods/{id}::instances': {
    body: ({ podInstanceId }) => [podInstanceId],
    bodyType: 'stringTypes.InstanceId[]',
  },
  'DELETE /v2/deployments/{deployment_id}': deployed,
  'PUT /v2/groups': { query: '?force=true', body: () => ({ scaleBy: 2 }) },
  'POST /v2/groups': { ...deployed, body: () => ({ id: '/h', apps: [anyApp('a')] }) },
  'DELETE /v2/groups': { ...deployed, query: '?force=true' },
  'GET /v2/groups/versions': { type: 'string[]' },
  'PATCH /v2/groups': { body: () => ({ enforceRole: true }), bodyType: 'group.GroupPartialUpdate' },
  'PUT /v2/groups/{group_id}': { query: '?force=true', body: () => ({ scaleBy: 2 }) },
  'POST /v2/groups/{group_id}': { ...deployed, body: () => ({ id: 'h', apps: [anyApp('a')] }) },
  'DELETE /v2/groups/{group_id}': { ...deployed, query: '?force=true' },
  'GET /v2/groups/{group_id}/versions': { type: 'string[]' },
  'PATCH /v2/groups/{group_id}': { body: () => ({ enforceRole: true }), bodyType: 'group.GroupPartialUpdate' },
  'POST /v2/tasks/delete': { body: ({ taskId }) => ({ ids: [taskId] }), bodyType: 'deleteTasks.DeleteTasks' },
  'DELETE /v2/leader': { type: 'stringTypes.Message' },
  'GET /v2/queue': { query: '?embed=lastUnusedOffers' },
  'GET /ping': { accept: 'application/json' },
  'POST /logging': {
    body: () => ({ logger: 'api', level: 'debug', durationSeconds: 60 }),
    bodyType: 'logging.LoggerChange',
  },
};

type Sent = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/** Asks for an operation (`GET /v2/apps/{app_id}`), with the query and body that it succeeds with or with others. */
export function askFor(
  world: World,
  name: string,
  { query, body }: { readonly query?: string; readonly body?: unknown } = {},
): Promise<Answer> {
  const [method = '', path = ''] = name.split(' ');
  const usual = requests[name] ?? {};
  const headers = usual.accept === undefined ? {} : { accept: usual.accept };
  const url = `${urlIn(world, path)}${query ?? usual.query ?? ''}`;
  return ask(world.api, method as Sent, url, body ?? usual.body?.(world), headers);
}
