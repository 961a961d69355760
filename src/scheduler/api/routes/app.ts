import type { PathId } from '../../../common/path-id.js';
import type { HttpRequest, HttpServer } from '../../../http/server.js';
import { demandSet } from '../access/run-spec-access.js';
import type { AccessResource } from '../access.js';
import { appNotFound } from '../api-error.js';
import { execute, originOf } from '../context.js';
import type { ApiContext } from '../context.js';
import { parseAppPath } from '../parse/app-path.js';
import { parseAppUpdate } from '../parse/body.js';
import { appEmbedsOf, flagOf } from '../parse/query.js';
import type { AppEmbed, Query } from '../parse/query.js';
import { appInfoText, arrayText } from '../render/app-info.js';
import { deployed, sendDeployment, sendJson } from '../send.js';
import { appCommandOf } from '../requested/app-command.js';
import type { AppUpdateOptions } from '../requested/app-command.js';
import { addResource } from '../resource.js';
import type { Handlers } from '../resource.js';
import { appsBelow } from './apps-below.js';
import { groupTasksHandlers, taskHandlers, tasksHandlers } from './app-tasks.js';
import { versionHandlers, versionsHandlers } from './app-versions.js';

const alwaysShown: readonly AppEmbed[] = ['counts', 'tasks', 'lastTaskFailure', 'deployments'];

function appHandlers(context: ApiContext, id: PathId): Handlers {
  const { access, service, clock } = context;
  const resource: AccessResource = { kind: 'app', id };

  /** Sets the app, or returns to one of its versions if the body asks for that; then `created` is empty. */
  async function set(
    request: HttpRequest,
    options: Pick<AppUpdateOptions, 'mayCreate' | 'mayUpdate' | 'partial'>,
  ): Promise<ReturnType<typeof deployed>> {
    const force = flagOf(request.query as Query, 'force', false);
    const origin = originOf(request);
    const update = parseAppUpdate(request.body);
    const command = await appCommandOf(context, id, update, { ...options, force, origin });
    return deployed(await execute(context, command));
  }

  return {
    GET: (request, reply) => {
      access.demand(request, 'view', resource);
      const app = service.state.apps.get(id);
      if (app === undefined) throw appNotFound(id);
      const embed = appEmbedsOf(request.query as Query, alwaysShown);
      return sendJson(reply, `{"app":${appInfoText(service.state, app, embed, clock())}}`);
    },
    PUT: async (request, reply) => {
      const allowed = demandSet(context, request, [id]);
      const partial = flagOf(request.query as Query, 'partialUpdate', true);
      const outcome = await set(request, { ...allowed, partial });
      if (outcome.created.length > 0) void reply.code(201).header('Location', id);
      return sendDeployment(reply, outcome);
    },
    PATCH: async (request, reply) => {
      access.demand(request, 'update', resource);
      return sendDeployment(reply, await set(request, { mayCreate: false, partial: true }));
    },
    // The only change that is forced unless it says otherwise
    DELETE: async (request, reply) => {
      access.demand(request, 'delete', resource);
      const force = flagOf(request.query as Query, 'force', true);
      return sendDeployment(reply, deployed(await execute(context, { type: 'deleteApp', id, force })));
    },
  };
}

function restartHandlers(context: ApiContext, id: PathId): Handlers {
  const { access } = context;
  return {
    POST: async (request, reply) => {
      access.demand(request, 'update', { kind: 'app', id });
      const force = flagOf(request.query as Query, 'force', false);
      return sendDeployment(reply, deployed(await execute(context, { type: 'restartApp', id, force })));
    },
    // For apps of old times whose id ends in /restart
    DELETE: async (request, reply) => {
      const appId = `${id}/restart`;
      access.demand(request, 'delete', { kind: 'app', id: appId });
      const force = flagOf(request.query as Query, 'force', true);
      return sendDeployment(reply, deployed(await execute(context, { type: 'deleteApp', id: appId, force })));
    },
  };
}

/** `/v2/apps/{group}/*`: every app below a group. */
function groupHandlers(context: ApiContext, group: PathId): Handlers {
  const { service, clock } = context;
  return {
    GET: (request, reply) => {
      const apps = appsBelow(context, request, group);
      const embed = appEmbedsOf(request.query as Query, alwaysShown);
      const nowMs = clock();
      return sendJson(reply, `{"*":${arrayText(apps.map((app) => appInfoText(service.state, app, embed, nowMs)))}}`);
    },
  };
}

/** Everything below `/v2/apps/`. */
export function addApp(server: HttpServer, context: ApiContext): void {
  addResource(server, '/v2/apps/*', (request) => {
    const path = parseAppPath((request.params as { '*': string })['*']);
    switch (path.type) {
      case 'app':
        return appHandlers(context, path.id);
      case 'restart':
        return restartHandlers(context, path.id);
      case 'tasks':
        return tasksHandlers(context, path.id);
      case 'task':
        return taskHandlers(context, path.id, path.taskId);
      case 'versions':
        return versionsHandlers(context, path.id);
      case 'version':
        return versionHandlers(context, path.id, path.version);
      case 'appsOfGroup':
        return groupHandlers(context, path.group);
      case 'tasksOfGroup':
        return groupTasksHandlers(context, path.group);
    }
  });
}
