import { parseChange, PlanError } from '../../catalog/parse-change.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../http/server.js';
import { explain, explainedTypes, readName } from '../explain/explain.js';
import type { ExplainedType, ExplainParts } from '../explain/explain.js';
import { planChange } from '../plan/plan.js';
import type { ZoneState } from '../zone-state.js';
import { browseRecords, maxPageNames } from './browse-records.js';

const defaultPageNames = 100;
/** A thousand apps and a thousand instances as they are in the catalog. */
const maxPlanBytes = 4 << 20;
const otherMethods = ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];

function fail(reply: HttpReply, status: number, message: string, details?: readonly object[]): HttpReply {
  return reply.code(status).send(details === undefined || details.length === 0 ? { message } : { message, details });
}

function queryOf(request: HttpRequest): Readonly<Record<string, unknown>> {
  return request.query as Readonly<Record<string, unknown>>;
}

/** A parameter that is there once, or not at all. */
function textIn(request: HttpRequest, name: string): string | undefined {
  const value = queryOf(request)[name];
  return typeof value === 'string' ? value : undefined;
}

function typeIn(request: HttpRequest): ExplainedType | undefined {
  const asked = (textIn(request, 'type') ?? 'ANY').toUpperCase();
  return explainedTypes.find((type) => type === asked);
}

/** Answers 405 to methods that a path does not know, and says which it does. */
function allowOnly(server: HttpServer, url: string, allowed: string): void {
  server.route({
    method: allowed === 'POST' ? ['GET', ...otherMethods.filter((method) => method !== 'POST')] : otherMethods,
    url,
    exposeHeadRoute: allowed === 'POST',
    handler: (request, reply) => {
      return fail(reply.header('Allow', allowed), 405, `${request.method} is not possible here: only ${allowed}`);
    },
  });
}

/**
 * What Ekiden adds to the HTTP API of Mesos-DNS: `GET /ekiden/v1/explain/{name}?type=` (Explanation), `POST /ekiden/v1/plan` (a
 * CatalogChange in, a Plan out) and, where the zone may be listed, `GET /ekiden/v1/records?filter=&after=&limit=` (RecordsPage).
 * Errors are `{message}`, of a body with `details`: `[{path, errors}]`.
 */
export function addEkidenRoutes(
  server: HttpServer,
  zone: ZoneState,
  parts: { readonly mayList: boolean; readonly explainParts: () => ExplainParts },
): void {
  const { explainParts } = parts;
  server.get('/ekiden/v1/explain/:name', (request, reply) => {
    const read = readName((request.params as { name: string }).name);
    if ('problem' in read) return fail(reply, 400, read.problem);
    const type = typeIn(request);
    if (type === undefined) return fail(reply, 400, `type: must be one of ${explainedTypes.join(', ')}`);
    return reply.send(explain(explainParts(), read.name, type));
  });
  allowOnly(server, '/ekiden/v1/explain/:name', 'GET, HEAD');

  server.route({
    method: 'POST',
    url: '/ekiden/v1/plan',
    bodyLimit: maxPlanBytes,
    handler: (request, reply) => {
      const { view, options } = explainParts();
      const { names, catalog } = zone.reasons;
      return reply.send(planChange({ view, options, names, catalog }, parseChange(request.body)));
    },
    errorHandler: (error, _request, reply) => {
      const { statusCode = 500, message } = error;
      if (error instanceof PlanError) void fail(reply, 400, message, error.details);
      else if (statusCode === 413) void fail(reply, 413, `the body is longer than ${maxPlanBytes} bytes`);
      else void fail(reply, statusCode, message);
    },
  });
  allowOnly(server, '/ekiden/v1/plan', 'POST');

  if (!parts.mayList) return;
  server.get('/ekiden/v1/records', async (request, reply) => {
    const text = textIn(request, 'limit') ?? String(defaultPageNames);
    const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (limit < 1 || limit > maxPageNames) return fail(reply, 400, `limit: must be from 1 to ${maxPageNames}`);
    const filter = (textIn(request, 'filter') ?? '').toLowerCase();
    const after = (textIn(request, 'after') ?? '').toLowerCase();
    return reply.send(await browseRecords(zone.records, { filter, after, limit }));
  });
  allowOnly(server, '/ekiden/v1/records', 'GET, HEAD');
}
