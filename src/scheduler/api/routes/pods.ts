import { resolvePathId } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import { instancesOf } from '../../core/state.js';
import type { Instance } from '../../model/instance.js';
import type { PodDefinition } from '../../model/pod-definition.js';
import type { AccessResource } from '../access.js';
import { ApiError, taskNotFound } from '../api-error.js';
import { execute, originOf, uriNotFound } from '../context.js';
import type { ApiContext } from '../context.js';
import { parseInstanceId, parseInstanceIds, parsePod } from '../parse/pod-body.js';
import { parsePodPath } from '../parse/pod-path.js';
import { flagOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { parseTimestamp } from '../parse/timestamp.js';
import { arrayText } from '../render/app-info.js';
import { podText } from '../render/pod.js';
import { renderInstance } from '../render/pod-instance.js';
import { podStatusText } from '../render/pod-status.js';
import { addResource } from '../resource.js';
import type { Handlers } from '../resource.js';
import { deployed, sendJson } from '../send.js';
import { noteAsker } from './timeline.js';

/** The pods resource says it in its own words. */
function podNotFound(id: PathId): ApiError {
  return new ApiError(404, `${id} does not exist`);
}

function podOf({ service }: ApiContext, id: PathId): PodDefinition {
  const pod = service.state.pods.get(id);
  if (pod === undefined) throw podNotFound(id);
  return pod;
}

/** A pod that a command has created or changed, with the deployment that does it. */
function sendPod(reply: HttpReply, { deploymentId, pod }: ReturnType<typeof deployed>): HttpReply {
  if (pod === undefined) throw new Error('the deployment of a pod came without the pod');
  void reply.header('Marathon-Deployment-Id', deploymentId);
  return sendJson(reply, podText(pod));
}

/** `/v2/pods`; a HEAD asks whether there are pods at all, and is answered at once. */
function podsHandlers(context: ApiContext): Handlers {
  const { access, service } = context;
  return {
    GET: (request, reply) => {
      if (request.method === 'HEAD') return reply.code(200).send();
      const pods = [...service.state.pods.values()].filter(({ id }) =>
        access.may(request, 'view', { kind: 'pod', id }),
      );
      return sendJson(reply, arrayText(pods.map(podText)));
    },
    POST: async (request, reply) => {
      const update = parsePod(request.body);
      access.demand(request, 'create', { kind: 'pod', id: resolvePathId(String(update['id'])) });
      const force = flagOf(request.query as Query, 'force', false);
      const outcome = deployed(await execute(context, { type: 'createPod', update, force, origin: originOf(request) }));
      return sendPod(reply.code(201).header('Location', outcome.pod?.id ?? '/'), outcome);
    },
  };
}

function podHandlers(context: ApiContext, id: PathId): Handlers {
  const { access } = context;
  const resource: AccessResource = { kind: 'pod', id };
  return {
    GET: (request, reply) => {
      access.demand(request, 'view', resource);
      return sendJson(reply, podText(podOf(context, id)));
    },
    PUT: async (request, reply) => {
      access.demand(request, 'update', resource);
      const update = parsePod(request.body);
      const given = String(update['id']);
      if (resolvePathId(given) !== id) {
        throw new ApiError(400, `'${id}' does not match definition's id ('${given}')`);
      }
      podOf(context, id);
      const force = flagOf(request.query as Query, 'force', false);
      const origin = originOf(request);
      return sendPod(reply, deployed(await execute(context, { type: 'updatePod', id, update, force, origin })));
    },
    DELETE: async (request, reply) => {
      access.demand(request, 'delete', resource);
      podOf(context, id);
      const force = flagOf(request.query as Query, 'force', false);
      const origin = originOf(request);
      const { deploymentId } = deployed(await execute(context, { type: 'deletePod', id, force, origin }));
      return reply.code(202).headers({ Location: deploymentId, 'Marathon-Deployment-Id': deploymentId }).send();
    },
  };
}

/** `/v2/pods::status` */
function statusOfAllHandlers({ access, clock, service }: ApiContext): Handlers {
  return {
    GET: (request, reply) => {
      const { state } = service;
      const nowMs = clock();
      const pods = [...state.pods.values()].filter(({ id }) => access.may(request, 'view', { kind: 'pod', id }));
      return sendJson(reply, arrayText(pods.map((pod) => podStatusText(state, pod, nowMs))));
    },
  };
}

function statusHandlers(context: ApiContext, id: PathId): Handlers {
  const { access, clock, service } = context;
  return {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'pod', id });
      return sendJson(reply, podStatusText(service.state, podOf(context, id), clock()));
    },
  };
}

/** A bare list, newest first. */
function versionsHandlers(context: ApiContext, id: PathId): Handlers {
  const { access, service } = context;
  return {
    GET: (request, reply) => {
      access.demand(request, 'view', { kind: 'pod', id });
      podOf(context, id);
      return sendJson(reply, JSON.stringify((service.state.versions.get(id) ?? []).toReversed()));
    },
  };
}

function versionHandlers(context: ApiContext, id: PathId, text: string): Handlers {
  const { access, service } = context;
  return {
    GET: async (request, reply) => {
      access.demand(request, 'view', { kind: 'pod', id });
      const version = parseTimestamp(text);
      const pod = service.state.pods.has(id) ? await service.podDefinition(id, version) : undefined;
      if (pod === undefined) throw podNotFound(id);
      return sendJson(reply, podText(pod));
    },
  };
}

/** Kills those instances of a pod that are asked for and there, with `wipe` in the query for good; they are replaced. JSON texts of them. */
async function kill(
  context: ApiContext,
  request: HttpRequest,
  pod: PodDefinition,
  isWanted: (instance: Instance) => boolean,
): Promise<readonly string[]> {
  const { state } = context.service;
  const taskIds = instancesOf(state, pod.id).flatMap((instance) => (isWanted(instance) ? [instance.taskId] : []));
  if (taskIds.length === 0) return [];
  const outcome = await execute(context, {
    type: 'killTasks',
    taskIds,
    scale: false,
    wipe: flagOf(request.query as Query, 'wipe', false),
    force: false,
  });
  const killed = outcome.type === 'killed' ? outcome.instances : [];
  noteAsker(
    context,
    request,
    killed.map((instance) => instance.id),
  );
  return killed.map((instance) => JSON.stringify(renderInstance(instance, pod)));
}

function instancesHandlers(context: ApiContext, id: PathId): Handlers {
  return {
    DELETE: async (request, reply) => {
      context.access.demand(request, 'update', { kind: 'pod', id });
      const ids = parseInstanceIds(request.body);
      const isWanted = (instance: Instance): boolean => ids.has(instance.id);
      return sendJson(reply, arrayText(await kill(context, request, podOf(context, id), isWanted)));
    },
  };
}

function instanceHandlers(context: ApiContext, id: PathId, text: string): Handlers {
  return {
    DELETE: async (request, reply) => {
      context.access.demand(request, 'update', { kind: 'pod', id });
      const instanceId = parseInstanceId(text);
      const isWanted = (instance: Instance): boolean => instance.id === instanceId;
      const [killed] = await kill(context, request, podOf(context, id), isWanted);
      if (killed === undefined) throw taskNotFound(instanceId);
      return sendJson(reply, killed);
    },
  };
}

/** `/v2/pods` and everything below it (marathon.md §7). */
export function addPods(server: HttpServer, context: ApiContext): void {
  addResource(server, '/v2/pods', podsHandlers(context));
  // The router reads `::` as one colon of the URL
  addResource(server, '/v2/pods::::status', statusOfAllHandlers(context));
  addResource(server, '/v2/pods/*', (request) => {
    const path = parsePodPath((request.params as { '*': string })['*']);
    if (path === undefined) throw uriNotFound(request);
    switch (path.type) {
      case 'pod':
        return podHandlers(context, path.id);
      case 'statusOfAll':
        return statusOfAllHandlers(context);
      case 'status':
        return statusHandlers(context, path.id);
      case 'versions':
        return versionsHandlers(context, path.id);
      case 'version':
        return versionHandlers(context, path.id, path.version);
      case 'instances':
        return instancesHandlers(context, path.id);
      case 'instance':
        return instanceHandlers(context, path.id, path.instanceId);
    }
  });
}
