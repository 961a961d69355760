import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogApp, CatalogInstance, CatalogPort } from '../../catalog/types.js';
import { messageOf } from '../../common/errors.js';
import { parseIpAddress } from '../../common/ip-address.js';
import { hasValidSegments } from '../../common/path-id.js';
import type { PathId } from '../../common/path-id.js';
import { parseAcl, serializeAcl } from '../rules/acl.js';
import type { Acl } from '../rules/acl.js';
import { unsafeCharacters } from '../rules/acl-words.js';
import type { Rule } from '../rules/rule.js';
import { backendName, listenerName, ruleName, serverName } from './names.js';
import type {
  Backend,
  Leaving,
  Listener,
  Mode,
  ProxySettings,
  Report,
  Route,
  Routing,
  RouteStep,
  Server,
  ServerCheck,
} from './routing-model.js';
import { orderRules } from './rule-order.js';

/** Stands in the model, and in the text, for the generation number until that is known. */
export const generationMark = '@generation@';

export interface CompileInput {
  readonly catalog: CatalogView;
  readonly rules: Iterable<Rule>;
  readonly settings: ProxySettings;
  /** The address of a host name; undefined while it is not known. */
  readonly addressOf: (host: string) => string | undefined;
  /** Why this port cannot be listened on (another program has it …); undefined when it can. */
  readonly portProblem: (port: number) => string | undefined;
  /** Why HAProxy does not accept this app or rule as it is now; undefined when nothing is known against it. */
  readonly rejected: (kind: 'app' | 'rule', id: PathId) => string | undefined;
}

/** One port of one app that can be routed to. */
interface Service {
  readonly app: CatalogApp;
  readonly portIndex: number;
  readonly port: CatalogPort;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function isTcp(port: CatalogPort): boolean {
  return port.protocol === '' || port.protocol.toLowerCase().split(',').includes('tcp');
}

/** Whether one of the app's health checks speaks plain HTTP to this port. */
function isCheckedByHttp({ app, portIndex, port }: Service): boolean {
  return app.healthChecks.some((check) => {
    if (check.protocol !== 'HTTP' && check.protocol !== 'MESOS_HTTP') return false;
    if (check.port !== undefined) return check.port === port.containerPort || check.port === port.servicePort;
    return (check.portIndex ?? 0) === portIndex;
  });
}

/** Whether traffic may go to it: healthy, or of a version that has no health checks to say so, whatever the next one has. */
function isUsable(app: CatalogApp, instance: CatalogInstance): boolean {
  const { healthy, ready, isChecked = app.healthChecks.length > 0 } = instance;
  return ready !== false && (healthy === true || (healthy === null && !isChecked));
}

/** Labels that a template can put into a line: one line, not too long. */
function printableLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(([, value]) => !unsafeCharacters.test(value) && value.length <= 1024),
  );
}

/** Where an instance's port is reached: the host port, or the container's own address where there is none. */
function endpointOf(
  instance: CatalogInstance,
  { portIndex, port }: Service,
  addressOf: CompileInput['addressOf'],
): { address: string; port: number } | { missing: string } {
  const hostPort = instance.ports[portIndex] ?? 0;
  const containerPort = instance.containerPorts?.[portIndex] ?? port.containerPort ?? 0;
  const [host, number] = hostPort > 0 ? [instance.host, hostPort] : [instance.ipAddresses[0] ?? '', containerPort];
  if (!Number.isInteger(number) || number < 1 || number > 65535) return { missing: `port ${portIndex} has no number` };
  const address = parseIpAddress(host)?.address ?? addressOf(host);
  return address === undefined
    ? { missing: `the address of ${JSON.stringify(host)} is not known` }
    : { address, port: number };
}

/**
 * Decides, from the apps and the rules, what HAProxy is to do. Pure: equal inputs give equal models, whatever the order in which
 * apps and instances arrived. What cannot be done, or is not as its owner wants it, is left out and reported; nothing that an
 * app or a rule says makes it throw.
 *
 * - Every TCP port with a service port gets a listener. A service port wanted twice goes to the app with the older version.
 * - A rule sends requests of the HTTP frontend to the app's first TCP port.
 * - A port speaks HTTP when a health check of the app does, or a rule leads to it; otherwise TCP.
 */
export function compile(input: CompileInput): Routing {
  const { catalog, settings } = input;
  const reports: Report[] = [];
  const reserved = new Map<number, string>([
    [settings.httpPort, 'the HTTP frontend'],
    [settings.httpsPort, 'the HTTPS frontend'],
    [settings.statsPort, 'the statistics'],
    ...settings.reservedPorts.map((port) => [port, 'the API of the load balancer'] as const),
  ]);

  const apps = new Map<PathId, CatalogApp>();
  for (const app of [...catalog.apps.values()].sort((a, b) => byText(a.version, b.version) || byText(a.id, b.id))) {
    const rejected = hasValidSegments(app.id) ? input.rejected('app', app.id) : 'not a valid id';
    if (rejected === undefined) apps.set(app.id, app);
    else reports.push({ kind: 'app', id: app.id, reason: rejected });
  }

  const routed = compileRules(input, apps, reports);
  const needed = new Map<string, Service>();
  const listeners: Omit<Listener, 'mode'>[] = [];
  const leaving: Leaving[] = [];
  const owners = new Map<number, PathId>();
  for (const app of apps.values()) {
    try {
      for (const service of servicesOf(app)) {
        const { servicePort } = service.port;
        if (servicePort === 0) continue;
        const problem = listenProblem(service, reserved, owners) ?? input.portProblem(servicePort);
        if (problem !== undefined) {
          reports.push({ kind: 'app', id: app.id, reason: `service port ${servicePort}: ${problem}` });
          continue;
        }
        const backend = backendName(app.id, service.portIndex, servicePort);
        owners.set(servicePort, app.id);
        needed.set(backend, service);
        listeners.push({
          name: listenerName(servicePort),
          bind: `${settings.bindAddress}:${servicePort}`,
          port: servicePort,
          backend,
          app: app.id,
          certificate: null,
          bindOptions: [],
        });
      }
    } catch (error) {
      reports.push({ kind: 'app', id: app.id, reason: `its definition cannot be read: ${messageOf(error)}` });
    }
  }
  for (const { backend, service } of routed) needed.set(backend, service);

  const behindRules = new Set(routed.map((r) => r.backend));
  const backends = new Map<string, Backend>();
  for (const [name, service] of needed) {
    try {
      const mode: Mode = behindRules.has(name) || isCheckedByHttp(service) ? 'http' : 'tcp';
      backends.set(name, compileBackend(input, name, mode, service, { reports, leaving }));
    } catch (error) {
      reports.push({ kind: 'app', id: service.app.id, reason: `its instances cannot be read: ${messageOf(error)}` });
    }
  }

  const frontend = (what: string, port: number): string | null => {
    const problem = input.portProblem(port);
    if (problem === undefined) return `${settings.bindAddress}:${port}`;
    reports.push({ kind: 'port', id: String(port), reason: `${what} is not served: ${problem}` });
    return null;
  };
  const httpBind = frontend('the HTTP frontend', settings.httpPort);
  const statsBind = frontend('the statistics page', settings.statsPort);
  const ordered = orderRules(routed.filter((r) => backends.has(r.backend)));
  const model: Routing['model'] = {
    generation: generationMark,
    global: {
      maxConnections: settings.maxConnections,
      statsSocket: settings.statsSocket,
      serverStateFile: settings.serverStateFile,
      user: settings.account?.user ?? null,
      group: settings.account?.group ?? null,
      hardStopAfterSeconds: settings.hardStopAfterSeconds,
    },
    stats: statsBind === null ? null : { bind: statsBind, credentials: settings.statsCredentials },
    http:
      httpBind === null
        ? null
        : {
            bind: httpBind,
            statsPath: settings.statsPath,
            steps: ordered.map(({ name, expression, backend, app }): RouteStep => ({
              kind: 'acl',
              backend,
              tests: [{ name, expression }],
              condition: name,
              source: app,
            })),
          },
    https: null,
    appId: null,
    listeners: listeners
      .flatMap((listener): Listener[] => {
        const backend = backends.get(listener.backend);
        return backend === undefined ? [] : [{ ...listener, mode: backend.mode }];
      })
      .sort((a, b) => a.port - b.port),
    backends: [...backends.values()].sort((a, b) => byText(a.name, b.name)),
    userlists: [],
  };
  const routes = ordered.map(({ name, backend, app, acl }): Route => ({
    name,
    source: { kind: 'rule', id: app },
    backend,
    app,
    priority: 0,
    host: null,
    path: null,
    ignoreCase: false,
    acl,
  }));
  return { model, maps: [], routes, leaving, reports };
}

function servicesOf(app: CatalogApp): Service[] {
  return app.ports.map((port, portIndex) => ({ app, portIndex, port }));
}

function listenProblem(
  { port }: Service,
  reserved: ReadonlyMap<number, string>,
  owners: ReadonlyMap<number, PathId>,
): string | undefined {
  const { servicePort } = port;
  if (!Number.isInteger(servicePort) || servicePort < 1 || servicePort > 65535) return 'is not a port';
  if (!isTcp(port)) return `HAProxy cannot serve the protocol ${JSON.stringify(port.protocol)}`;
  const use = reserved.get(servicePort);
  if (use !== undefined) return `is kept for ${use}`;
  const owner = owners.get(servicePort);
  return owner === undefined ? undefined : `belongs to ${owner}, whose version is older`;
}

interface RoutedRule {
  readonly name: string;
  /** The ACL's text, safe to be written as it is. */
  readonly expression: string;
  readonly backend: string;
  readonly app: PathId;
  readonly acl: Acl;
  readonly service: Service;
}

function compileRules(input: CompileInput, apps: ReadonlyMap<PathId, CatalogApp>, reports: Report[]): RoutedRule[] {
  const routed: RoutedRule[] = [];
  for (const rule of input.rules) {
    try {
      const rejected = input.rejected('rule', rule.id);
      if (rejected !== undefined) throw new Error(rejected);
      const acl = parseAcl(rule.acl);
      const app = apps.get(rule.id);
      if (app === undefined) throw new Error('there is no such app');
      const service = servicesOf(app).find(({ port }) => isTcp(port));
      if (service === undefined) throw new Error('the app has no TCP port');
      routed.push({
        name: ruleName(rule.id),
        expression: serializeAcl(acl),
        backend: backendName(app.id, service.portIndex, service.port.servicePort),
        app: app.id,
        acl,
        service,
      });
    } catch (error) {
      reports.push({ kind: 'rule', id: rule.id, reason: messageOf(error) });
    }
  }
  return routed;
}

function compileBackend(
  { catalog, addressOf }: CompileInput,
  name: string,
  mode: Mode,
  service: Service,
  { reports, leaving }: { reports: Report[]; leaving: Leaving[] },
): Backend {
  const { app } = service;
  const servers = new Map<string, Server>();
  const waiting: string[] = [];
  for (const instance of catalog.instancesOf(app.id)) {
    if (!isUsable(app, instance)) {
      waiting.push(instance.taskId);
      continue;
    }
    const endpoint = endpointOf(instance, service, addressOf);
    if ('missing' in endpoint) {
      reports.push({ kind: 'app', id: app.id, reason: `instance ${instance.taskId}: ${endpoint.missing}` });
      continue;
    }
    const server = serverName(endpoint.address, endpoint.port);
    const at = `${endpoint.address}:${endpoint.port}`;
    if (instance.draining === true) leaving.push({ taskId: instance.taskId, backend: name, server, endpoint: at });
    else servers.set(server, { name: server, endpoint: at, disabled: false });
  }
  if (servers.size === 0 && waiting.length > 0) {
    reports.push({
      kind: 'app',
      id: app.id,
      reason: `port ${service.portIndex}: none of ${waiting.length} instances is healthy (yet), so requests are refused`,
    });
  }
  return {
    name,
    mode,
    balance: mode === 'http' ? 'roundrobin' : 'leastconn',
    servers: [...servers.values()].sort((a, b) => byText(a.name, b.name)),
    check: connectCheck,
    cookie: null,
    redirectToHttps: false,
    hsts: false,
    auth: null,
    allowedNetworks: [],
    stripPrefix: null,
    locationPrefix: null,
    hosts: [],
    rootRedirect: null,
    directives: [],
    app: { id: app.id, labels: printableLabels(app.labels), env: printableLabels(app.env) },
  };
}

const connectCheck: ServerCheck = {
  kind: 'connect',
  path: '/',
  host: null,
  port: null,
  intervalMs: 2_000,
  timeoutMs: 5_000,
  fall: 2,
};
