import { messageOf } from '../../../common/errors.js';
import { resolvePathId } from '../../../common/path-id.js';
import type { HttpRequest, HttpServer } from '../../../http/server.js';
import type { FreeAgent } from '../../core/plan/free-agent.js';
import { placeNow } from '../../core/plan/place-now.js';
import type { Plan, PlannableCommand } from '../../core/plan/plan-command.js';
import { openEdgePlans } from '../../edge-plans/ask-edges.js';
import type { EdgePlan, EdgePlans } from '../../edge-plans/ask-edges.js';
import { catalogChangeOf } from '../../edge-plans/catalog-change.js';
import { demandSet } from '../access/run-spec-access.js';
import { demandSteps } from '../access/step-access.js';
import { originOf, plan } from '../context.js';
import type { ApiContext } from '../context.js';
import { parsePlanBody } from '../parse/plan-body.js';
import type { PlanBody } from '../parse/plan-body.js';
import { flagOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { renderPlan } from '../render/plan.js';
import type { AgentsView } from '../render/plan.js';
import { appCommandOf } from '../requested/app-command.js';
import { withId } from '../requested/apps-command.js';
import { groupCommandOf, setIdOf } from '../requested/group-command.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';

type BodyOf<T extends PlanBody['type']> = Extract<PlanBody, { type: T }>;

async function commandOfApp(context: ApiContext, request: HttpRequest, body: BodyOf<'app'>): Promise<PlannableCommand> {
  const { access, service } = context;
  const origin = originOf(request);
  const id = resolvePathId(typeof body.id === 'string' ? body.id : '');
  if (!service.state.apps.has(id)) {
    access.demand(request, 'create', { kind: 'app', id });
    return { type: 'createApp', update: body.created(), force: false, origin };
  }
  access.demand(request, 'update', { kind: 'app', id });
  const partial = flagOf(request.query as Query, 'partialUpdate', true);
  return appCommandOf(context, id, body.updated(), { mayCreate: false, partial, force: false, origin });
}

function commandOfApps(context: ApiContext, request: HttpRequest, body: BodyOf<'apps'>): PlannableCommand {
  const updates = body.updates.map(withId);
  const ids = updates.map(({ id }) => id);
  return {
    type: 'updateApps',
    isBulk: true,
    updates,
    ...demandSet(context, request, ids),
    partial: flagOf(request.query as Query, 'partialUpdate', true),
    force: false,
    origin: originOf(request),
  };
}

function commandOfGroup(
  context: ApiContext,
  request: HttpRequest,
  { update }: BodyOf<'group'>,
): Promise<PlannableCommand> {
  const { access, service } = context;
  const id = setIdOf('/', update);
  access.demand(request, service.state.groups.has(id) ? 'update' : 'create', { kind: 'group', id });
  return groupCommandOf(context, '/', update, false);
}

function commandOfPod({ access, service }: ApiContext, request: HttpRequest, body: BodyOf<'pod'>): PlannableCommand {
  const { update } = body;
  const origin = originOf(request);
  const id = resolvePathId(String(update['id']));
  const exists = service.state.pods.has(id);
  access.demand(request, exists ? 'update' : 'create', { kind: 'pod', id });
  return exists
    ? { type: 'updatePod', id, update, force: false, origin }
    : { type: 'createPod', update, force: false, origin };
}

async function commandOf(context: ApiContext, request: HttpRequest): Promise<PlannableCommand> {
  const body = parsePlanBody(request.body);
  switch (body.type) {
    case 'app':
      return commandOfApp(context, request, body);
    case 'apps':
      return commandOfApps(context, request, body);
    case 'group':
      return commandOfGroup(context, request, body);
    case 'pod':
      return commandOfPod(context, request, body);
  }
}

/** A plan shows the definitions that are there: whoever asks must be allowed to see them. */
function demandView({ access }: ApiContext, request: HttpRequest, { changes }: Plan): void {
  for (const { id, kind, effect } of changes) if (effect !== 'create') access.demand(request, 'view', { kind, id });
}

/** Where the instances would go now, as far as the master tells of its agents. */
async function askForAgents({ agents, clock, service }: ApiContext, wanted: Plan): Promise<AgentsView> {
  if (agents === undefined) return { known: false, reason: 'no agents can be asked for here' };
  let all: readonly FreeAgent[];
  try {
    all = await agents.list();
  } catch (error) {
    return { known: false, reason: messageOf(error) };
  }
  const rules = { nowMs: clock(), settings: service.options };
  return { known: true, agents: all.length, placements: placeNow(service.state, wanted, all, rules) };
}

/**
 * What the edges say of a change; undefined where they are not asked for (`?edges=false`), or are not for whoever asks: their answers
 * show more than the apps of the change.
 */
async function askEdges(
  { access, service }: ApiContext,
  request: HttpRequest,
  wanted: Plan,
  edgePlans: EdgePlans,
): Promise<readonly EdgePlan[] | undefined> {
  if (!flagOf(request.query as Query, 'edges', true)) return undefined;
  if (!access.may(request, 'view', { kind: 'system', name: 'events' })) return undefined;
  const { state, catalog, edges } = service;
  return edgePlans.ask(edges.edges(), catalogChangeOf(state, catalog.view, wanted));
}

/**
 * `/ekiden/v1/plan`: what a change would do, where its instances would land, and what it would mean to name servers and load balancers,
 * without doing it.
 */
export function addPlan(server: HttpServer, context: ApiContext): void {
  const edgePlans = openEdgePlans();
  server.addHook('onClose', () => edgePlans.close());
  addResource(server, '/ekiden/v1/plan', {
    POST: async (request, reply) => {
      const command = await commandOf(context, request);
      const wanted = plan(context, command);
      demandSteps(context, request, wanted.steps);
      demandView(context, request, wanted);
      const [agents, edges] = await Promise.all([
        askForAgents(context, wanted),
        askEdges(context, request, wanted, edgePlans),
      ]);
      return sendJson(reply, JSON.stringify(renderPlan(context.service.state, wanted, agents, edges)));
    },
  });
}
