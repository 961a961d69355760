import type { HttpRequest, HttpServer } from '../../../http/server.js';
import { resolvePathId } from '../../../common/path-id.js';
import type { AppDefinition } from '../../model/app-definition.js';
import { demandSet, visibleTo } from '../access/run-spec-access.js';
import { execute, originOf } from '../context.js';
import type { ApiContext } from '../context.js';
import { parseApp, parseAppUpdates } from '../parse/body.js';
import { parseLabelSelector } from '../parse/label-selector.js';
import { appEmbedsOf, flagOf, textOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { appInfoText, arrayText, createdAppText } from '../render/app-info.js';
import { WholeAnswers } from '../render/whole-answers.js';
import { withId } from '../requested/apps-command.js';
import { deployed, sendDeployment, sendJson } from '../send.js';
import { addResource } from '../resource.js';

/** Whether an app is asked for by `cmd`, `id` (parts of them, in any case) and `label`; all that are given must hold. */
function selectorOf(query: Query): (app: AppDefinition) => boolean {
  const cmd = textOf(query, 'cmd')?.toLowerCase();
  const id = textOf(query, 'id')?.toLowerCase();
  const label = textOf(query, 'label');
  const hasLabels = label === undefined ? undefined : parseLabelSelector(label);
  return (app) =>
    (cmd === undefined || app.cmd?.toLowerCase().includes(cmd) === true) &&
    (id === undefined || app.id.toLowerCase().includes(id)) &&
    (hasLabels === undefined || hasLabels(app.labels));
}

function selects(query: Query): boolean {
  return ['cmd', 'id', 'label'].some((name) => textOf(query, name) !== undefined);
}

/** `/v2/apps`: the list, creation, and updates of several apps in one deployment. */
export function addApps(server: HttpServer, context: ApiContext): void {
  const { access, service, clock } = context;
  const lists = new WholeAnswers(service.state);

  type Updates = readonly ReturnType<typeof withId>[];

  async function update(
    request: HttpRequest,
    options: { updates: Updates; mayCreate: boolean; mayUpdate?: boolean; partial: boolean },
  ): Promise<Deployed> {
    const outcome = await execute(context, {
      type: 'updateApps',
      isBulk: true,
      ...options,
      force: flagOf(request.query as Query, 'force', false),
      origin: originOf(request),
    });
    return deployed(outcome);
  }
  type Deployed = ReturnType<typeof deployed>;

  addResource(server, '/v2/apps', {
    GET: (request, reply) => {
      const query = request.query as Query;
      const embed = appEmbedsOf(query, ['counts', 'deployments']);
      const isSelected = selectorOf(query);
      const isVisible = visibleTo(context, request);
      const list = (): string => {
        const nowMs = clock();
        const apps = [...service.state.apps.values()].filter((app) => isSelected(app) && isVisible(app.id));
        return `{"apps":${arrayText(apps.map((app) => appInfoText(service.state, app, embed, nowMs)))}}`;
      };
      const isSameForAll = access.isOpen && !selects(query) && !embed.has('taskStats');
      return sendJson(reply, isSameForAll ? lists.of([...embed].sort().join(), list) : list());
    },
    POST: async (request, reply) => {
      const app = parseApp(request.body);
      const { id } = app;
      access.demand(request, 'create', { kind: 'app', id: resolvePathId(typeof id === 'string' ? id : '') });
      const outcome = deployed(
        await execute(context, {
          type: 'createApp',
          update: app,
          force: flagOf(request.query as Query, 'force', false),
          origin: originOf(request),
        }),
      );
      const [created] = outcome.created;
      if (created === undefined) throw new Error('a creation created nothing');
      void reply.code(201).headers({ Location: created.id, 'Marathon-Deployment-Id': outcome.deploymentId });
      return sendJson(reply, createdAppText(created, outcome.deploymentId));
    },
    PUT: async (request, reply) => {
      const updates = parseAppUpdates(request.body).map(withId);
      const ids = updates.map(({ id }) => id);
      const allowed = demandSet(context, request, ids);
      const partial = flagOf(request.query as Query, 'partialUpdate', true);
      return sendDeployment(reply, await update(request, { updates, ...allowed, partial }));
    },
    PATCH: async (request, reply) => {
      const updates = parseAppUpdates(request.body).map(withId);
      for (const { id } of updates) access.demand(request, 'update', { kind: 'app', id });
      return sendDeployment(reply, await update(request, { updates, mayCreate: false, partial: true }));
    },
  });
}
