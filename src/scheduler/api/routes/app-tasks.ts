import type { PathId } from '../../../common/path-id.js';
import { instancesOf } from '../../core/state.js';
import type { AppDefinition } from '../../model/app-definition.js';
import { appNotFound, taskNotFound } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { wantsText } from '../parse/accept.js';
import { textOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { arrayText, taskTextsOf } from '../render/app-info.js';
import { tasksText } from '../render/tasks-text.js';
import { sendJson } from '../send.js';
import type { Handlers } from '../resource.js';
import { appsBelow } from './apps-below.js';
import { killTasks } from './kill-tasks.js';

function appOf({ service }: ApiContext, id: PathId): AppDefinition {
  const app = service.state.apps.get(id);
  if (app === undefined) throw appNotFound(id);
  return app;
}

/** `/v2/apps/{id}/tasks` */
export function tasksHandlers(context: ApiContext, id: PathId): Handlers {
  const { access, service } = context;
  return {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'app', id });
      const app = appOf(context, id);
      if (wantsText(request)) return reply.type('text/plain').send(tasksText(service.state, [app]));
      return sendJson(reply, `{"tasks":${arrayText(taskTextsOf(service.state, app))}}`);
    },
    DELETE: (request, reply) => {
      access.demand(request, 'update', { kind: 'app', id });
      const query = request.query as Query;
      const { id: appId } = appOf(context, id);
      const host = textOf(query, 'host') ?? '*';
      const instances = instancesOf(service.state, appId).filter((i) => host === '*' || i.host === host);
      const taskIds = instances.map(({ taskId }) => taskId);
      return killTasks(context, reply, query, taskIds, (tasks) => `{"tasks":${arrayText(tasks)}}`);
    },
  };
}

/** `/v2/apps/{id}/tasks/{taskId}` */
export function taskHandlers(context: ApiContext, id: PathId, taskId: string): Handlers {
  return {
    DELETE: (request, reply) => {
      context.access.demand(request, 'update', { kind: 'app', id });
      const app = appOf(context, id);
      const isKnown = instancesOf(context.service.state, app.id).some((instance) => instance.taskId === taskId);
      if (!isKnown) throw taskNotFound(taskId);
      return killTasks(context, reply, request.query as Query, [taskId], ([task]) => `{"task":${task ?? 'null'}}`);
    },
  };
}

/** The tasks of every app below a group. */
export function groupTasksHandlers(context: ApiContext, group: PathId): Handlers {
  const { state } = context.service;
  return {
    GET: (request, reply) => {
      const tasks = appsBelow(context, request, group).flatMap((app) => taskTextsOf(state, app));
      return sendJson(reply, `{"tasks":${arrayText(tasks)}}`);
    },
  };
}
