import { resolvePathId } from '../../../common/path-id.js';
import type { HttpServer } from '../../../http/server.js';
import { launchedDefinition } from '../../core/deployment/launched-definition.js';
import { runSpecResource, visibleTo } from '../access/run-spec-access.js';
import { execute, uriNotFound } from '../context.js';
import type { ApiContext } from '../context.js';
import { valuesOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { arrayText } from '../render/app-info.js';
import { queueEntryText } from '../render/queue.js';
import { addResource } from '../resource.js';
import type { Handlers } from '../resource.js';
import { sendJson } from '../send.js';

/** `/v2/queue`: apps and pods that wait for offers or for their delay to end; `/v2/queue/{id}/delay` ends it. */
export function addQueue(server: HttpServer, context: ApiContext): void {
  const { access, service, clock } = context;

  addResource(server, '/v2/queue', {
    GET: (request, reply) => {
      const { state } = service;
      const withOffers = valuesOf(request.query as Query, 'embed').includes('lastUnusedOffers');
      const options = { nowMs: clock(), withOffers };
      const isVisible = visibleTo(context, request);
      const texts: string[] = [];
      for (const entry of state.queue.values()) {
        const runSpec = launchedDefinition(state, entry.appId);
        if (runSpec === undefined || !isVisible(runSpec.id)) continue;
        const delay = state.delays.get(runSpec.id);
        const isItsOwn = delay?.configVersion === entry.configVersion;
        texts.push(queueEntryText(entry, runSpec, isItsOwn ? delay : undefined, options));
      }
      return sendJson(reply, `{"queue":${arrayText(texts)}}`);
    },
  });

  addResource(server, '/v2/queue/*', (request): Handlers => {
    const path = (request.params as { '*': string })['*'].replace(/\/$/, '');
    if (!path.endsWith('/delay')) throw uriNotFound(request);
    const id = resolvePathId(path.slice(0, -'/delay'.length));
    return {
      DELETE: async (_request, reply) => {
        access.demand(request, 'update', runSpecResource(service.state, id));
        await execute(context, { type: 'resetDelay', id });
        return reply.code(204).send();
      },
    };
  });
}
