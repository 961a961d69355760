import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogPosition } from '../../catalog/types.js';
import { prometheusContentType } from '../../common/metrics.js';
import { createHttpServer } from '../../http/server.js';
import type { HttpRequest, HttpServer } from '../../http/server.js';
import type { StaticFolder } from '../../http/static-files.js';
import type { Report, Routing } from '../compile/routing-model.js';
import { RuleEditor, UnusableRuleError } from '../rules/rule-editor.js';
import type { RuleHistory } from '../rules/rule-history.js';
import { RuleConflictError, RuleStoreAwayError } from '../rules/rule-store.js';
import type { RuleStore } from '../rules/rule-store.js';
import { RuleError } from '../rules/rule.js';
import type { LastReload, LastRuntimeChange, ProxyChange } from '../update/change-records.js';
import type { BackendReader } from '../live/backend-reader.js';
import { withoutSecrets } from '../hidden-secrets.js';
import { fail, notFound, plainText, sendJson } from './answers.js';
import { addBambooRoutes } from './bamboo-routes.js';
import { foreignSite } from './foreign-site.js';
import { noteForwarded } from './forwarded.js';
import { addLiveRoutes } from './live-routes.js';
import { hasLoggedIn, requireLogin } from './login.js';
import { addMarathonLbRoutes } from './marathon-lb-routes.js';
import { addRuleRoutes } from './rule-routes.js';
import { addUi } from './ui.js';

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
  /** Where the rules are; a file belongs to this edge, ZooKeeper's are shared. */
  readonly rules: {
    readonly kind: 'file' | 'zookeeper';
    readonly where: string;
    readonly count: number;
    readonly problem: string | null;
  };
  /** What the running HAProxy was told last, instead of being replaced. */
  readonly lastRuntimeChange: LastRuntimeChange | null;
  readonly counts: {
    /** Since this role began. */
    readonly reloads: number;
    readonly runtimeChanges: number;
    /** Replaced HAProxies that still serve connections. */
    readonly oldProcesses: number;
  };
  /** Tasks that are about to be killed and still in use here. */
  readonly draining: readonly string[];
  readonly reports: readonly Report[];
}

export interface LbApiOptions {
  /** Asked for by basic authentication; undefined = nothing is asked for. */
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  /** What the scheduler sends with requests that it forwards; absent: none is known to. */
  readonly forwardProof?: string;
  readonly rules: RuleStore;
  readonly history: RuleHistory;
  readonly catalog: CatalogView;
  /** A Marathon has posted an event. */
  readonly calledBack: (data: string | undefined) => void;
  readonly status: () => LbStatus;
  /** What is routed now; undefined before the first time. */
  readonly routing: () => Routing | undefined;
  /** The configuration that HAProxy runs; undefined when it runs none, or an unknown one. */
  readonly runningConfig: () => string | undefined;
  /** What was changed of HAProxy, the newest first. */
  readonly changes: () => readonly ProxyChange[];
  readonly backends: BackendReader;
  /** The processes of HAProxy that serve, the newest first. */
  readonly pids: () => Promise<readonly number[]>;
  /** Makes everything anew; with `reads`, after the sources were read again. */
  readonly regenerate: (reads: boolean) => void;
  /** In Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  /** What HAProxy has against a serialised ACL; undefined when it is fine. */
  readonly checkAcl: (expression: string) => Promise<string | undefined>;
  /** Of the web interface; undefined = this program has none. */
  readonly interfaceFiles: StaticFolder | undefined;
}

/** Of a rule, or of a change to be planned. */
const maxBodyBytes = 1 << 20;

function statusOf(error: unknown): number {
  if (error instanceof UnusableRuleError) return 422;
  if (error instanceof RuleConflictError) return 409;
  if (error instanceof RuleStoreAwayError) return 503;
  if (error instanceof RuleError) return 400;
  const { statusCode } = error as { statusCode?: number };
  return statusCode ?? 500;
}

/** Whether it changes something; marathon-lb's signals do so by GET. The route counts: paths can be written in several ways (`%5F`). */
function isChange({ method, routeOptions: { url = '' } }: HttpRequest): boolean {
  return (method !== 'GET' && method !== 'HEAD') || url.startsWith('/_mlb_signal');
}

function addGuards(
  server: HttpServer,
  { credentials, forwardProof }: Pick<LbApiOptions, 'credentials' | 'forwardProof'>,
): void {
  if (forwardProof !== undefined) noteForwarded(server, forwardProof);
  server.addHook('onRequest', (request, reply, done) => {
    const refused = isChange(request) ? foreignSite(request) : undefined;
    if (refused === undefined) done();
    else void fail(reply, 403, refused);
  });
  requireLogin(server, credentials);
  server.setErrorHandler((error, _request, reply) => fail(reply, statusOf(error), (error as Error).message));
  server.setNotFoundHandler((_request, reply) => notFound(reply));
}

/**
 * The HTTP API: Bamboo's (`/api`, `/status`), what marathon-lb's HAProxy answers (`/_haproxy_…`), and Ekiden's own (`/ekiden/v1`); and the web
 * interface (`/ui/`).
 */
export function createLbApi(options: LbApiOptions): HttpServer {
  const { rules, history, catalog, calledBack, status, routing, runningConfig, checkAcl } = options;
  const server = createHttpServer({ bodyLimitBytes: maxBodyBytes });
  addGuards(server, options);
  const editor = new RuleEditor({ store: rules, history, checkAcl });
  addBambooRoutes(server, { rules, editor, catalog, isSynced: () => status().synced, calledBack });
  addRuleRoutes(server, { rules, editor, history, routing, reports: () => status().reports });
  addMarathonLbRoutes(server, {
    runningConfig,
    pids: options.pids,
    isHaproxyUp: () => status().haproxy.state === 'running',
    routes: () => routing()?.routes ?? [],
    regenerate: options.regenerate,
  });

  addLiveRoutes(server, { rules, history, routing, status, changes: options.changes, backends: options.backends });
  addUi(server, options.interfaceFiles);
  server.get('/ekiden/v1/status', (_request, reply) => sendJson(reply, status()));
  server.get('/ekiden/v1/rejected', (_request, reply) => sendJson(reply, { rejected: status().reports }));
  server.get('/ekiden/v1/config', (request, reply) => {
    const text = runningConfig();
    if (text === undefined) return fail(reply, 503, 'HAProxy runs no configuration that is known');
    return reply.type(plainText).send(hasLoggedIn(request) ? text : withoutSecrets(text));
  });
  server.get('/metrics', async (_request, reply) => {
    return reply.header('Content-Type', prometheusContentType).send(Buffer.from(await options.metrics()));
  });
  return server;
}
