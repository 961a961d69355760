import { resolvePathId } from '../../../common/path-id.js';
import type { HttpServer } from '../../../http/server.js';
import { execute, uriNotFound } from '../context.js';
import type { ApiContext } from '../context.js';
import { arrayText } from '../render/app-info.js';
import { queueEntryText } from '../render/queue.js';
import { sendJson } from '../send.js';
import { addResource } from '../resource.js';
import type { Handlers } from '../resource.js';

/** `/v2/queue`: apps that wait for offers or for their delay to end; `/v2/queue/{id}/delay` ends it. */
export function addQueue(server: HttpServer, context: ApiContext): void {
  const { service, clock } = context;

  addResource(server, '/v2/queue', {
    GET: (_request, reply) => {
      const { apps, delays, queue } = service.state;
      const nowMs = clock();
      const texts: string[] = [];
      for (const entry of queue.values()) {
        const app = apps.get(entry.appId);
        if (app !== undefined) texts.push(queueEntryText(entry, app, delays.get(entry.appId), nowMs));
      }
      return sendJson(reply, `{"queue":${arrayText(texts)}}`);
    },
  });

  addResource(server, '/v2/queue/*', (request): Handlers => {
    const path = (request.params as { '*': string })['*'].replace(/\/$/, '');
    if (!path.endsWith('/delay')) throw uriNotFound(request);
    return {
      DELETE: async (_request, reply) => {
        await execute(context, { type: 'resetDelay', id: resolvePathId(path.slice(0, -'/delay'.length)) });
        return reply.code(204).send();
      },
    };
  });
}
