import { resolvePathId } from '../../../common/path-id.js';
import type { HttpRequest, HttpServer } from '../../../http/server.js';
import { historyLimits } from '../../timeline/histories.js';
import { appNotFound } from '../api-error.js';
import { pathOf } from '../context.js';
import type { ApiContext } from '../context.js';
import { limitOf } from '../parse/limit.js';
import type { Query } from '../parse/query.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';

const maxEntries = historyLimits.perApp;

/** Notes who has asked for what the ids (of a deployment, of instances that are killed) came from. */
export function noteAsker({ service }: ApiContext, request: HttpRequest, ids: readonly string[]): void {
  const asker = { clientIp: request.ip, method: request.method, path: pathOf(request.url) };
  for (const id of ids) service.timeline.asked(id, asker);
}

/** `/ekiden/v1/timeline/{app or pod}`: what happened to it, and why. Every request that is answered with a deployment is noted as its cause. */
export function addTimeline(server: HttpServer, context: ApiContext): void {
  const { access, service } = context;
  server.addHook('onSend', (request, reply, _payload, done) => {
    const deployment = reply.getHeader('Marathon-Deployment-Id');
    if (typeof deployment === 'string') noteAsker(context, request, [deployment]);
    done();
  });

  addResource(server, '/ekiden/v1/timeline/*', {
    GET: (request, reply) => {
      const id = resolvePathId((request.params as { '*': string })['*']);
      const timeline = service.timeline.of(id, limitOf(request.query as Query, maxEntries, maxEntries));
      access.demand(request, 'view', { kind: timeline?.kind ?? 'app', id });
      if (timeline === undefined) throw appNotFound(id);
      const { since, entries } = timeline;
      return sendJson(reply, JSON.stringify({ since, entries }));
    },
  });
}
