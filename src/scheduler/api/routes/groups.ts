import type { PathId } from '../../../common/path-id.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import { versionsOfGroup } from '../../core/groups/history.js';
import { runSpecIdsBelow } from '../../core/groups/tree.js';
import type { GroupSnapshot } from '../../core/groups/group-snapshot.js';
import { showsGroup, showsGroupOfSnapshot } from '../access/group-access.js';
import { runSpecResource } from '../access/run-spec-access.js';
import { demandSteps } from '../access/step-access.js';
import { ApiError, groupNotFound } from '../api-error.js';
import { execute, plan } from '../context.js';
import type { ApiContext } from '../context.js';
import { parseEnforceRole } from '../parse/enforce-role.js';
import { parseGroupUpdate } from '../parse/group-body.js';
import { groupEmbedsOf } from '../parse/group-embed.js';
import { parseGroupPath } from '../parse/group-path.js';
import { appEmbedsOf, flagOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { parseTimestamp } from '../parse/timestamp.js';
import { appText } from '../render/app.js';
import { appInfoText, arrayText } from '../render/app-info.js';
import { renderStep } from '../render/deployment.js';
import { currentGroups, groupsOfSnapshot, groupText } from '../render/group.js';
import type { GroupTexts } from '../render/group.js';
import { podText } from '../render/pod.js';
import { podStatusText } from '../render/pod-status.js';
import { WholeAnswers } from '../render/whole-answers.js';
import { groupCommandOf, setIdOf } from '../requested/group-command.js';
import { addResource } from '../resource.js';
import type { Handlers } from '../resource.js';
import { deployed, sendDeployment, sendJson } from '../send.js';

/** How the content of groups is shown now, to whoever asks. */
function textsOf(context: ApiContext, request: HttpRequest): GroupTexts {
  const { access, clock, service } = context;
  const { state } = service;
  const query = request.query as Query;
  const embed = appEmbedsOf(query, []);
  const nowMs = clock();
  return {
    embed: groupEmbedsOf(query),
    showsGroup: showsGroup(context, request),
    app: (id) => {
      const app = state.apps.get(id);
      const shown = app !== undefined && access.may(request, 'view', { kind: 'app', id });
      return shown ? appInfoText(state, app, embed, nowMs) : undefined;
    },
    pod: (id) => {
      const pod = state.pods.get(id);
      const shown = pod !== undefined && access.may(request, 'view', { kind: 'pod', id });
      return shown ? podStatusText(state, pod, nowMs) : undefined;
    },
  };
}

/** What of a group is shown, in one text; undefined when whoever asks, or the time, makes a difference (the status of pods tells the time). */
function nameForAll({ access, service }: ApiContext, query: Query): string | undefined {
  const embed = appEmbedsOf(query, []);
  if (!access.isOpen || service.state.pods.size > 0 || embed.has('taskStats')) return undefined;
  return [...groupEmbedsOf(query), ...[...embed].sort()].join();
}

/** How the content of groups was at an older version: definitions only. */
function textsOfSnapshot(context: ApiContext, request: HttpRequest, snapshot: GroupSnapshot): GroupTexts {
  const { access } = context;
  const { apps, pods } = snapshot;
  return {
    embed: groupEmbedsOf(request.query as Query),
    showsGroup: showsGroupOfSnapshot(context, request, snapshot),
    app: (id) => {
      const app = apps.get(id);
      return app !== undefined && access.may(request, 'view', { kind: 'app', id }) ? appText(app) : undefined;
    },
    pod: (id) => {
      const pod = pods.get(id);
      return pod !== undefined && access.may(request, 'view', { kind: 'pod', id }) ? podText(pod) : undefined;
    },
  };
}

/** A group that may not be viewed at all is forbidden rather than empty. */
function demandView(context: ApiContext, request: HttpRequest, id: PathId): void {
  if (!showsGroup(context, request)(id)) context.access.demand(request, 'view', { kind: 'group', id });
}

function groupHandlers(context: ApiContext, id: PathId, roots: WholeAnswers): Handlers {
  const { access, service } = context;

  async function create(request: HttpRequest, reply: HttpReply): Promise<HttpReply> {
    const update = parseGroupUpdate(request.body);
    const created = setIdOf(id, update);
    access.demand(request, 'create', { kind: 'group', id: created });
    const force = flagOf(request.query as Query, 'force', false);
    const outcome = deployed(await execute(context, { type: 'createGroup', id, update, force }));
    return sendDeployment(reply.code(201).header('Location', created), outcome);
  }

  async function update(request: HttpRequest, reply: HttpReply): Promise<HttpReply> {
    const query = request.query as Query;
    const body = parseGroupUpdate(request.body);
    const groupId = setIdOf(id, body);
    access.demand(request, service.state.groups.has(groupId) ? 'update' : 'create', { kind: 'group', id: groupId });
    const isDryRun = flagOf(query, 'dryRun', false);
    const command = await groupCommandOf(context, id, body, flagOf(query, 'force', false));
    if (isDryRun || !access.isOpen) {
      const { steps } = plan(context, command);
      demandSteps(context, request, steps);
      if (isDryRun) return sendJson(reply, JSON.stringify({ steps: steps.map(renderStep) }));
    }
    return sendDeployment(reply, deployed(await execute(context, command)));
  }

  return {
    GET: (request, reply) => {
      if (!service.state.groups.has(id)) throw groupNotFound(id);
      demandView(context, request, id);
      const text = (): string => groupText(currentGroups(service.state), id, textsOf(context, request)) ?? '{}';
      const name = id === '/' ? nameForAll(context, request.query as Query) : undefined;
      return sendJson(reply, name === undefined ? text() : roots.of(name, text));
    },
    POST: create,
    PUT: update,
    PATCH: async (request, reply) => {
      access.demand(request, 'update', { kind: 'group', id });
      const enforceRole = parseEnforceRole(request.body);
      if (enforceRole !== undefined) await execute(context, { type: 'setEnforceRole', id, enforceRole });
      else if (!service.state.groups.has(id)) throw groupNotFound(id);
      return reply.code(200).send();
    },
    DELETE: async (request, reply) => {
      access.demand(request, 'delete', { kind: 'group', id });
      if (!access.isOpen) {
        for (const below of runSpecIdsBelow(service.state, id)) {
          access.demand(request, 'delete', runSpecResource(service.state, below));
        }
      }
      const force = flagOf(request.query as Query, 'force', false);
      return sendDeployment(reply, deployed(await execute(context, { type: 'deleteGroup', id, force })));
    },
  };
}

/** `…/apps`: every app below a group. */
function appsHandlers(context: ApiContext, id: PathId): Handlers {
  const { service } = context;
  return {
    GET: (request, reply) => {
      if (!service.state.groups.has(id)) throw groupNotFound(id);
      demandView(context, request, id);
      const { app } = textsOf(context, request);
      return sendJson(reply, arrayText(runSpecIdsBelow(service.state, id).flatMap((below) => app(below) ?? [])));
    },
  };
}

/** `…/versions`: a bare array, newest first. */
function versionsHandlers(context: ApiContext, id: PathId): Handlers {
  const { state } = context.service;
  return {
    GET: (request, reply) => {
      if (!state.groups.has(id)) throw groupNotFound(id);
      demandView(context, request, id);
      return sendJson(reply, JSON.stringify(versionsOfGroup(state, id)));
    },
  };
}

function versionHandlers(context: ApiContext, id: PathId, version: string): Handlers {
  return {
    GET: async (request, reply) => {
      demandView(context, request, id);
      const snapshot = await context.service.groupAt(id, parseTimestamp(version));
      if (snapshot === undefined) throw new ApiError(404, `Group '${id}' does not exist in version ${version}`);
      const text = groupText(groupsOfSnapshot(snapshot), id, textsOfSnapshot(context, request, snapshot));
      return sendJson(reply, text ?? '{}');
    },
  };
}

/** `/v2/groups` and everything below it (marathon.md §2.2, §6). */
export function addGroups(server: HttpServer, context: ApiContext): void {
  const roots = new WholeAnswers(context.service.state);
  const resolve = (path: string): Handlers => {
    const parsed = parseGroupPath(path);
    switch (parsed.type) {
      case 'group':
        return groupHandlers(context, parsed.id, roots);
      case 'apps':
        return appsHandlers(context, parsed.id);
      case 'versions':
        return versionsHandlers(context, parsed.id);
      case 'version':
        return versionHandlers(context, parsed.id, parsed.version);
    }
  };
  addResource(server, '/v2/groups', resolve(''));
  addResource(server, '/v2/groups/*', (request) => resolve((request.params as { '*': string })['*']));
}
