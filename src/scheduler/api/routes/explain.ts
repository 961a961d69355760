import { resolvePathId } from '../../../common/path-id.js';
import type { HttpServer } from '../../../http/server.js';
import { runSpecResource } from '../access/run-spec-access.js';
import { appNotFound } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { renderExplanation } from '../render/explain.js';
import { sendJson } from '../send.js';
import { addResource } from '../resource.js';

/** `/ekiden/v1/explain/{app}`: why an app waits. */
export function addExplain(server: HttpServer, { access, service, clock }: ApiContext): void {
  addResource(server, '/ekiden/v1/explain/*', {
    GET: (request, reply) => {
      const id = resolvePathId((request.params as { '*': string })['*']);
      access.demand(request, 'view', runSpecResource(service.state, id));
      const { options, state } = service;
      const rules = { nowMs: clock(), settings: options, localRegion: state.localRegion };
      const explanation = renderExplanation(state, id, rules);
      if (explanation === undefined) throw appNotFound(id);
      return sendJson(reply, JSON.stringify(explanation));
    },
  });
}
