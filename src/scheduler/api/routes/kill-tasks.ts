import type { HttpReply } from '../../../http/server.js';
import { instanceIdOf } from '../../core/launch/task-id.js';
import type { Instance } from '../../model/instance.js';
import { ApiError } from '../api-error.js';
import { execute } from '../context.js';
import type { ApiContext } from '../context.js';
import { flagOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { taskText } from '../render/task.js';
import { sendDeployment, sendJson } from '../send.js';
import { noteAsker } from './timeline.js';

/**
 * Kills tasks as the query asks (`scale`, `force`, `wipe`) and answers: the deployment that scales, or what `render` makes of the
 * tasks that were killed (JSON texts). Throws ApiError 400 for `scale` with `wipe`.
 */
export async function killTasks(
  context: ApiContext,
  reply: HttpReply,
  query: Query,
  taskIds: readonly string[],
  render: (tasks: readonly string[]) => string,
): Promise<HttpReply> {
  const scale = flagOf(query, 'scale', false);
  const wipe = flagOf(query, 'wipe', false);
  if (scale && wipe) {
    throw new ApiError(400, 'You cannot use scale and wipe at the same time.');
  }
  const { state } = context.service;
  const textOf = (instance: Instance): string =>
    taskText(instance, state.apps.get(instance.appId), state.health.get(instance.taskId));
  const outcome = await execute(context, {
    type: 'killTasks',
    taskIds,
    scale,
    wipe,
    force: flagOf(query, 'force', false),
  });
  noteAsker(context, reply.request, taskIds.map(instanceIdOf));
  if (outcome.type === 'deployed') return sendDeployment(reply, outcome);
  return sendJson(reply, render(outcome.type === 'killed' ? outcome.instances.map(textOf) : []));
}
