import { prometheusContentType } from '../../../common/metrics.js';
import type { HttpRequest, HttpServer } from '../../../http/server.js';
import { uriNotFound } from '../context.js';
import type { ApiContext } from '../context.js';
import { flagOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { renderMetrics, renderSeedMetrics } from '../render/metrics.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';

/**
 * `/metrics`: a JSON snapshot in the shape and names of Marathon 1.11, or, with `?seed=true` or `--metrics_seed_names`, of 0.15;
 * `?seed=false` asks for the former. `/metrics/prometheus`: the same in Prometheus' text format, with `--metrics_prometheus`.
 */
export function addMetrics(server: HttpServer, { service, access, metrics }: ApiContext): void {
  if (metrics === undefined) return;
  const { prometheus, seedNames } = service.options.metrics;
  const demandAccess = (request: HttpRequest): void =>
    access.demand(request, 'view', { kind: 'system', name: 'config' });

  addResource(server, '/metrics', {
    GET: (request, reply) => {
      demandAccess(request);
      const body = flagOf(request.query as Query, 'seed', seedNames)
        ? renderSeedMetrics(metrics.snapshot('seed'))
        : renderMetrics(metrics.snapshot('marathon'));
      return sendJson(reply, JSON.stringify(body));
    },
  });

  addResource(server, '/metrics/prometheus', {
    GET: async (request, reply) => {
      if (!prometheus) throw uriNotFound(request);
      demandAccess(request);
      const text = await metrics.prometheusText();
      return reply.header('Content-Type', prometheusContentType).send(Buffer.from(text));
    },
  });
}
