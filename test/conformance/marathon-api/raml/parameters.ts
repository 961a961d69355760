import { ask } from '../../../support/fake-service.js';
import { appId } from '../support/world.js';
import type { World } from '../support/world.js';
import { anyApp } from './requests.js';

/** Two queries of one request that are answered differently, because of a parameter. */
export interface Effect {
  readonly prepare?: (world: World) => Promise<unknown>;
  readonly without?: string;
  readonly with: string;
  readonly body?: unknown;
}

/** The app is scaled up and no offer comes: it stays locked. */
const locked = ({ api }: World): Promise<unknown> => ask(api, 'PATCH', `/v2/apps/${appId}`, { instances: 5 });

/** The app is being stopped, which takes as long as its tasks do. */
const beingDeleted = ({ api }: World): Promise<unknown> => ask(api, 'DELETE', `/v2/apps/${appId}`);

/** A group whose app is being stopped. */
const groupBeingDeleted =
  (group: string) =>
  async (world: World): Promise<void> => {
    await ask(world.api, 'POST', '/v2/apps', anyApp(`${group}/a`));
    await world.run(`${group}/a`);
    await ask(world.api, 'DELETE', `/v2/groups/${group}`);
  };

const force: Effect = { prepare: locked, without: '?force=false', with: '?force=true' };
const forceOfKill: Effect = { prepare: locked, without: '?scale=true', with: '?scale=true&force=true' };
const scale: Effect = { with: '?scale=true' };
/** Together with `scale` it is refused; the app that is asked for has no volumes. */
const wipe: Effect = { without: '?scale=true', with: '?scale=true&wipe=true' };

/** How each query parameter of RAML is seen to be obeyed, by operation and name. */
export const effects: Readonly<Record<string, Effect>> = {
  'GET /v2/apps?cmd': { with: '?cmd=nothing' },
  'GET /v2/apps?id': { with: '?id=nothing' },
  'GET /v2/apps?label': { with: '?label=owner!=zeus' },
  'GET /v2/apps?embed': { with: '?embed=apps.tasks' },
  'PUT /v2/apps?force': force,
  'PUT /v2/apps?partialUpdate': { with: '?partialUpdate=false' },
  'PATCH /v2/apps?force': force,
  'POST /v2/apps?force': { ...force, prepare: beingDeleted, body: anyApp(appId) },
  'GET /v2/apps/{app_id}?embed': { with: '?embed=app.taskStats' },
  'PUT /v2/apps/{app_id}?force': force,
  'PUT /v2/apps/{app_id}?partialUpdate': { with: '?partialUpdate=false' },
  'PATCH /v2/apps/{app_id}?force': force,
  'DELETE /v2/apps/{app_id}?force': force,
  'POST /v2/apps/{app_id}/restart?force': force,
  'DELETE /v2/apps/{app_id}/tasks?force': forceOfKill,
  'DELETE /v2/apps/{app_id}/tasks?host': { with: '?host=other' },
  'DELETE /v2/apps/{app_id}/tasks?scale': scale,
  'DELETE /v2/apps/{app_id}/tasks?wipe': wipe,
  'DELETE /v2/apps/{app_id}/tasks/{task_id}?force': forceOfKill,
  'DELETE /v2/apps/{app_id}/tasks/{task_id}?scale': scale,
  'DELETE /v2/apps/{app_id}/tasks/{task_id}?wipe': wipe,
  'PUT /v2/pods/{id}?force': { with: '?force=true' },
  'DELETE /v2/deployments/{deployment_id}?force': { with: '?force=true' },
  'GET /v2/groups?embed': { with: '?embed=group.groups' },
  'PUT /v2/groups?force': force,
  'PUT /v2/groups?dryRun': { without: '?force=true', with: '?force=true&dryRun=true' },
  'POST /v2/groups?force': { ...force, prepare: groupBeingDeleted('/h') },
  'DELETE /v2/groups?force': force,
  'GET /v2/groups/{group_id}?embed': { with: '?embed=group.groups' },
  'PUT /v2/groups/{group_id}?force': force,
  'PUT /v2/groups/{group_id}?dryRun': { without: '?force=true', with: '?force=true&dryRun=true' },
  'POST /v2/groups/{group_id}?force': { ...force, prepare: groupBeingDeleted('/g/h') },
  'DELETE /v2/groups/{group_id}?force': force,
  'GET /v2/tasks?status': { with: '?status=staging' },
  'GET /v2/tasks?status[]': { with: '?status[]=staging' },
  'POST /v2/tasks/delete?force': forceOfKill,
  'POST /v2/tasks/delete?scale': scale,
  'POST /v2/tasks/delete?wipe': wipe,
  'DELETE /v2/leader?backup': { with: '?backup=s3://bucket/backup' },
  'DELETE /v2/leader?restore': { with: '?restore=s3://bucket/backup' },
  'GET /v2/queue?embed': { with: '?embed=lastUnusedOffers' },
};

const noPodVolumes = 'the pod that is asked for has no volumes';

/** Parameters that change nothing, and why. */
export const withoutEffect: Readonly<Record<string, string>> = {
  'GET /v2/apps/{app_id}/tasks?containerNetworks':
    'the text form leaves out tasks on container networks, whatever their names',
  'GET /v2/tasks?containerNetworks': 'the text form leaves out tasks on container networks, whatever their names',
  'DELETE /v2/pods/{id}::instances?wipe': noPodVolumes,
  'DELETE /v2/pods/{id}::instances/{instance}?wipe': noPodVolumes,
  'PATCH /v2/groups?force': '`enforceRole` is changed without a deployment (marathon.md §2.2)',
  'PATCH /v2/groups/{group_id}?force': '`enforceRole` is changed without a deployment (marathon.md §2.2)',
};
