import type { EkidenStream, EkidenStreamStatus } from '../../catalog/providers/ekiden-stream.js';
import { prometheusContentType } from '../../common/metrics.js';
import type { Clock } from '../../common/time.js';
import { createHttpServer } from '../../http/server.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../http/server.js';
import { answeredZone } from '../explain/answered-zone.js';
import type { KeepStatus } from '../keep/keeper.js';
import type { DnsOptions } from '../options.js';
import type { RecordOptions } from '../records/options.js';
import type { View } from '../records/view.js';
import type { SourceStatus } from '../source/cluster-source.js';
import type { ZoneState } from '../zone-state.js';
import { shownConfig } from '../config/shown-config.js';
import type { WorkerStatus } from '../workers/worker-life.js';
import { configDocument } from './config-document.js';
import { addEkidenRoutes } from './ekiden-routes.js';
import { axfrDocument, enumerateDocument, hostDocument, serviceDocument } from './http-documents.js';
import { mesosDnsJson } from './mesos-dns-json.js';

/** `GET /ekiden/v1/status` of the name server. */
export interface DnsStatus {
  /** The cluster was seen; before that, names of the zone are answered with SERVFAIL. */
  readonly synced: boolean;
  readonly source: 'stream' | 'poll';
  /** When a record last appeared or disappeared, ISO 8601. */
  readonly lastChangeAt: string | null;
  /** How long ago a master was heard of, by this name server or the one before, in milliseconds: how old the records may be at most. */
  readonly ageMs: number | null;
  /** Since when what is known counts as old, as masters are silent, ISO 8601; null while they are not. */
  readonly staleSince: string | null;
  /** How the cluster is kept on disk; null when it is not to be. `problem`: why it cannot be. */
  readonly kept: { readonly savedAt: string | null; readonly problem: string | null } | null;
  /** Where DNS is answered, UDP and TCP; null: this is only the HTTP API. */
  readonly port: number | null;
  readonly records: number;
  readonly names: number;
  /** Names without records of which it is known why. */
  readonly reasons: number;
  readonly serial: number;
  /** The processes that answer queries; none: this one does. */
  readonly workers: readonly WorkerStatus[];
  /** How the catalog of the schedulers is followed; null when it is not to be. `apps`, `instances`: how many it has. */
  readonly catalog:
    | (Pick<EkidenStreamStatus, 'connected' | 'synced'> & {
        readonly scheduler: string | null;
        readonly lastError: string | null;
        readonly apps: number;
        readonly instances: number;
      })
    | null;
  /** `host:port` of the leading master. */
  readonly leader: string | null;
}

const routes = [
  '/v1/version',
  '/v1/config',
  '/v1/hosts/:host',
  '/v1/hosts/:host/ports',
  '/v1/services/:service',
  '/v1/enumerate',
  '/v1/axfr',
] as const;

export function sendText(reply: HttpReply, status: number, text: string): HttpReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(text);
}

export function sendJson(reply: HttpReply, value: unknown): HttpReply {
  // A Buffer, so that no charset is added to the content type.
  return reply.header('content-type', 'application/json').send(Buffer.from(mesosDnsJson(value)));
}

/** go-restful compares media types literally: `application/*` does not count. */
export function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept.split(',').some((range) => ['application/json', '*/*'].includes((range.split(';')[0] ?? '').trim()));
}

function parameter(request: HttpRequest, name: string): string {
  return (request.params as Record<string, string>)[name] ?? '';
}

function isoTime(ms: number | null | undefined): string | null {
  return ms === undefined || ms === null ? null : new Date(ms).toISOString();
}

function catalogStatus(scheduler: EkidenStream | undefined): DnsStatus['catalog'] {
  if (scheduler === undefined) return null;
  const { catalog, status } = scheduler;
  return {
    connected: status.connected,
    synced: status.synced,
    scheduler: status.scheduler ?? null,
    lastError: status.lastError ?? null,
    apps: catalog.apps.size,
    instances: catalog.instances.size,
  };
}

/** The HTTP API of Mesos-DNS, and what Ekiden adds: `/health`, `/metrics` and `/ekiden/v1` (status, explain, plan, records). */
export function createHttpApi(parts: {
  options: DnsOptions;
  recordOptions: RecordOptions;
  view: View;
  zone: ZoneState;
  source: () => SourceStatus;
  heardAtMs: () => number | undefined;
  keep: () => KeepStatus | undefined;
  scheduler: () => EkidenStream | undefined;
  workers: () => readonly WorkerStatus[];
  /** In Prometheus' text format. */
  metrics: () => Promise<string>;
  version: string;
  clock: Clock;
  random: () => number;
}): HttpServer {
  const { options, recordOptions, view, zone, random, clock } = parts;
  const server = createHttpServer({ bodyLimitBytes: 64 << 10, maxConnections: 512 });

  const documents: Record<(typeof routes)[number], (request: HttpRequest) => unknown> = {
    '/v1/version': () => ({
      Service: 'Mesos-DNS',
      URL: 'https://github.com/mesosphere/mesos-dns',
      Version: parts.version,
    }),
    '/v1/config': () =>
      options.config === undefined
        ? configDocument(options, zone.settings, recordOptions, zone.serial)
        : shownConfig({ ...options.config, SOASerial: zone.serial }),
    '/v1/hosts/:host': (request) => hostDocument(zone.records, parameter(request, 'host')),
    '/v1/hosts/:host/ports': () => undefined,
    '/v1/services/:service': (request) => serviceDocument(zone.records, parameter(request, 'service'), random),
    '/v1/enumerate': () => enumerateDocument(view, recordOptions),
    '/v1/axfr': () => axfrDocument(zone.records, zone.settings, zone.serial, options.refreshSeconds),
  };

  const enumerates = options.enumerationOn;
  for (const url of routes) {
    if (!enumerates && (url === '/v1/enumerate' || url === '/v1/axfr')) continue;
    server.get(url, (request, reply) => {
      if (!acceptsJson(request.headers.accept)) return sendText(reply, 406, '406: Not Acceptable');
      const document = documents[url](request);
      return document === undefined ? sendText(reply, 501, 'To be implemented...') : sendJson(reply, document);
    });
    server.route({
      method: ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'],
      url,
      handler: (_request, reply) => sendText(reply, 405, '405: Method Not Allowed'),
    });
  }

  function status(): DnsStatus {
    const heardAtMs = parts.heardAtMs();
    const kept = parts.keep();
    return {
      synced: zone.synced,
      source: parts.source().source,
      lastChangeAt: isoTime(zone.lastChangeMs),
      ageMs: heardAtMs === undefined ? null : Math.max(0, clock() - heardAtMs),
      staleSince: isoTime(zone.staleSinceMs),
      kept: kept === undefined ? null : { savedAt: isoTime(kept.savedAtMs), problem: kept.problem ?? null },
      port: options.dnsOn ? options.dnsPort : null,
      records: zone.records.size,
      names: zone.records.nameCount,
      reasons: zone.reasons.size,
      serial: zone.serial,
      workers: parts.workers(),
      catalog: catalogStatus(parts.scheduler()),
      leader: view.leader === undefined ? null : `${view.leader.host}:${view.leader.port}`,
    };
  }
  server.get('/ekiden/v1/status', (_request, reply) => reply.send(status()));
  addEkidenRoutes(server, zone, {
    mayList: enumerates,
    explainParts: () => ({
      zone: answeredZone(zone),
      view,
      options: recordOptions,
      reasons: zone.reasons,
      resolvers: options.resolvers,
      zoneResolvers: options.zoneResolvers,
      nowMs: clock(),
    }),
  });
  server.get('/health', (_request, reply) => {
    const { ageMs, staleSince } = status();
    if (zone.synced) return reply.send({ healthy: true, ageMs, staleSince });
    const reason = zone.reasons.reasonOf(zone.settings.domain) ?? 'no Mesos master has been reached yet';
    return reply.code(503).send({ healthy: false, reason });
  });
  server.get('/metrics', async (_request, reply) => {
    const text = await parts.metrics();
    return reply.header('content-type', prometheusContentType).send(Buffer.from(text));
  });
  server.setNotFoundHandler((_request, reply) => sendText(reply, 404, '404: Page Not Found'));
  return server;
}
