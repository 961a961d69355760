import type { HttpServer } from '../../../http/server.js';
import { demandCancel, visibleDeployment } from '../access/deployment-access.js';
import { execute } from '../context.js';
import type { ApiContext } from '../context.js';
import { flagOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { renderDeployment } from '../render/deployment.js';
import { sendDeployment, sendJson } from '../send.js';
import { addResource } from '../resource.js';

/** `/v2/deployments`: the running ones; deleting one undoes it by a new one, or just cancels it (`force`). */
export function addDeployments(server: HttpServer, context: ApiContext): void {
  const { state } = context.service;

  addResource(server, '/v2/deployments', {
    GET: (request, reply) => {
      const deployments = [...state.deployments.values()].flatMap((d) => visibleDeployment(context, request, d) ?? []);
      return sendJson(reply, JSON.stringify(deployments.map((deployment) => renderDeployment(state, deployment))));
    },
  });

  addResource(server, '/v2/deployments/:id', {
    DELETE: async (request, reply) => {
      const { id } = request.params as { id: string };
      const force = flagOf(request.query as Query, 'force', false);
      const deployment = state.deployments.get(id);
      if (deployment !== undefined) demandCancel(context, request, deployment, force);
      const outcome = await execute(context, { type: 'cancelDeployment', id, force });
      return outcome.type === 'deployed' ? sendDeployment(reply, outcome) : reply.code(202).send();
    },
  });
}
