import type { CatalogPosition } from '../../catalog/types.js';
import type { CatalogView } from '../../catalog/catalog.js';
import { foreignOrigin } from '../../http/same-origin.js';
import { createHttpServer } from '../../http/server.js';
import type { HttpReply, HttpServer } from '../../http/server.js';
import type { Report } from '../compile/routing-model.js';
import { parseAcl, serializeAcl } from '../rules/acl.js';
import { AclError } from '../rules/acl-words.js';
import { RuleConflictError } from '../rules/rule-store.js';
import type { RuleStore } from '../rules/rule-store.js';
import { readRuleId, RuleError } from '../rules/rule.js';
import type { LastReload } from '../update-loop.js';
import { readBambooService, toBambooService } from './bamboo-service.js';
import { bambooState } from './bamboo-state.js';
import { goJson, sortedObject } from './go-json.js';

/** What `GET /ekiden/v1/status` says. */
export interface LbStatus {
  readonly haproxy: {
    /** `waiting`: for the first catalog; `down`: it should run and does not. */
    readonly state: 'missing' | 'waiting' | 'running' | 'down';
    readonly pid: number | null;
    readonly generation: string | null;
    readonly hint?: string;
  };
  /** The catalog was received once. */
  readonly synced: boolean;
  /** The stream of the catalog is open, and with whom. */
  readonly connected: boolean;
  readonly scheduler: string | null;
  /** What is routed is true as of this position. */
  readonly position: CatalogPosition | null;
  readonly lastReload: LastReload | null;
  readonly reports: readonly Report[];
}

export interface LbApiOptions {
  readonly rules: RuleStore;
  readonly catalog: CatalogView;
  /** A Marathon has posted an event. */
  readonly calledBack: (data: string | undefined) => void;
  readonly status: () => LbStatus;
  /** The configuration that HAProxy runs; undefined when it runs none, or an unknown one. */
  readonly runningConfig: () => string | undefined;
  /** What HAProxy has against a serialised ACL; undefined when it is fine. */
  readonly checkAcl: (expression: string) => Promise<string | undefined>;
}

const plain = 'text/plain; charset=utf-8';

/** An error as Go's http.Error writes it, which Bamboo's UI shows in its form. */
function fail(reply: HttpReply, status: number, message: string): HttpReply {
  return reply.code(status).type(plain).header('X-Content-Type-Options', 'nosniff').send(`${message}\n`);
}

/** As bytes, because Fastify would add a charset to the content type of a text. */
function json(reply: HttpReply, value: unknown): HttpReply {
  return reply.type('application/json').send(Buffer.from(goJson(value)));
}

/** The HTTP API: Bamboo's (`/api`, `/status`) and Ekiden's own (`/ekiden/v1`). */
export function createLbApi({ rules, catalog, calledBack, status, runningConfig, checkAcl }: LbApiOptions): HttpServer {
  const server = createHttpServer({ bodyLimitBytes: 1 << 20 });

  server.addHook('onRequest', (request, reply, done) => {
    const refused = request.method === 'GET' || request.method === 'HEAD' ? undefined : foreignOrigin(request);
    if (refused === undefined) done();
    else void fail(reply, 403, refused);
  });
  server.setErrorHandler((error, _request, reply) => {
    if (error instanceof AclError) return fail(reply, 422, `the ACL: ${error.message}`);
    if (error instanceof RuleConflictError) return fail(reply, 409, error.message);
    if (error instanceof RuleError) return fail(reply, 400, error.message);
    const { statusCode = 500, message } = error as { statusCode?: number; message: string };
    return fail(reply, statusCode, message);
  });

  server.post('/api/marathon/event_callback', (request, reply) => {
    calledBack(typeof request.body === 'string' ? request.body : undefined);
    return reply.type(plain).send('Got it!');
  });
  server.get('/status', (_request, reply) => reply.type(plain).send('OK'));
  server.get('/api/state', (_request, reply) => {
    return reply.type(plain).send(goJson(bambooState(catalog, rules.rules.values())));
  });

  server.get('/api/services', (_request, reply) => {
    const all = [...rules.rules.values()].map((rule) => [rule.id, toBambooService(rule)] as const);
    return json(reply, sortedObject(all));
  });
  server.get<{ Params: { '*': string } }>('/api/services/*', (request, reply) => {
    const id = readRuleId(request.params['*']);
    const rule = rules.rules.get(id);
    return rule === undefined ? fail(reply, 404, `there is no rule for ${id}`) : json(reply, toBambooService(rule));
  });

  async function save(body: unknown, reply: HttpReply): Promise<HttpReply> {
    const { rule, echo } = readBambooService(body);
    const expression = serializeAcl(parseAcl(rule.acl));
    const problem = await checkAcl(expression);
    if (problem !== undefined) throw new AclError(problem);
    await rules.put(rule);
    return json(reply, echo);
  }
  server.post('/api/services', (request, reply) => save(request.body, reply));
  // Bamboo takes the id from the body, whatever the path says.
  server.put('/api/services', (request, reply) => save(request.body, reply));
  server.put('/api/services/*', (request, reply) => save(request.body, reply));
  server.delete<{ Params: { '*': string } }>('/api/services/*', async (request, reply) => {
    const id = readRuleId(request.params['*']);
    const removed = await rules.remove(id);
    return removed ? json(reply, null) : fail(reply, 400, `there is no rule for ${id}`);
  });

  server.get('/ekiden/v1/status', (_request, reply) => reply.type('application/json').send(JSON.stringify(status())));
  server.get('/ekiden/v1/config', (_request, reply) => {
    const text = runningConfig();
    return text === undefined
      ? fail(reply, 503, 'HAProxy runs no configuration that is known')
      : reply.type(plain).send(text);
  });
  return server;
}
