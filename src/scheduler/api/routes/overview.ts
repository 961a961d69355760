import type { PathId } from '../../../common/path-id.js';
import type { HttpRequest, HttpServer } from '../../../http/server.js';
import { startSse } from '../../../http/sse.js';
import type { SseClient } from '../../../http/sse.js';
import { Overview } from '../../overview/overview.js';
import type { View } from '../../overview/view.js';
import { visibleDeployment } from '../access/deployment-access.js';
import { visibleTo } from '../access/run-spec-access.js';
import { ApiError } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { addResource } from '../resource.js';

/** So much may wait for a slow reader: a snapshot of a very large cluster fits into it. */
const maxPendingBytes = 64 << 20;
/** A page notices within three times as long that nobody is there any more. */
const keepAliveMs = 5_000;

/** What whoever asks may see; undefined: everything. */
function viewOf(context: ApiContext, request: HttpRequest): View | undefined {
  const { access } = context;
  if (access.isOpen) return undefined;
  return {
    runSpec: visibleTo(context, request),
    group: (id: PathId) => access.may(request, 'view', { kind: 'group', id }),
    deployment: (deployment) => visibleDeployment(context, request, deployment),
    seesCluster: access.may(request, 'view', { kind: 'system', name: 'config' }),
  };
}

/**
 * `/ekiden/v1/overview/stream`: all that the lists of the interface show, as server-sent events: `snapshot`, in several messages, then
 * `change`. Whoever may use the API may read it; it tells him of what he may view.
 */
export function addOverview(server: HttpServer, context: ApiContext): void {
  const { service, clock } = context;
  const { state, changes, catalog } = service;
  const overview = new Overview({ epoch: catalog.view.position.epoch, state, changes, clock });
  const open = new Set<SseClient>();
  // Pages see the end of the stream, and look for the next leader
  server.addHook('preClose', (done) => {
    for (const client of open) client.close();
    done();
  });

  addResource(server, '/ekiden/v1/overview/stream', {
    GET: (request, reply) => {
      if (request.method === 'HEAD') return reply.type('text/event-stream').send();
      const { readers, maxReaders } = overview;
      if (readers >= maxReaders) {
        throw new ApiError(503, `${readers} pages follow this scheduler already: close one, or try again later`);
      }
      const view = viewOf(context, request);
      const client = startSse(reply, { maxPendingBytes, keepAliveMs, hasHeartbeat: true });
      const leave = overview.open((event, data) => client.send(event, data), view);
      open.add(client);
      client.onClose(() => {
        open.delete(client);
        leave();
      });
      return reply;
    },
  });
}
