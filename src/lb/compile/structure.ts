import type { CatalogApp } from '../../catalog/types.js';
import { messageOf } from '../../common/errors.js';
import type { PathId } from '../../common/path-id.js';
import { assignServicePorts } from '../labels/assigned-ports.js';
import { findDeployments } from '../labels/blue-green.js';
import type { Deployment } from '../labels/blue-green.js';
import { shapeProblem } from './app-readings.js';
import type { AppReading, AppReadings } from './app-readings.js';
import { BackendPlans } from './backend-plans.js';
import type { BackendPlan } from './backend-plans.js';
import { userlistOf } from './backends.js';
import { byText } from './by-text.js';
import type { CompileInput } from './compile-input.js';
import { defaultRoutes, defaultService } from './default-routes.js';
import { grantHosts } from './host-rights.js';
import type { WantedHost } from './host-rights.js';
import { compileListeners } from './listeners.js';
import type { WantedPort } from './listeners.js';
import { orderRoutes } from './route-order.js';
import { routeSteps } from './route-steps.js';
import type { Listener, MapFile, Report, Route, RouteStep, Userlist } from './routing-model.js';
import { ruleRoutes } from './rule-routes.js';
import { ruleTarget } from './rule-targets.js';
import type { RuleReadings } from './rule-targets.js';
import { isTcp } from './services.js';
import type { Service } from './services.js';

/** All of a routing that does not depend on the instances. */
export interface Structure {
  /** In the order in which they are tried. */
  readonly routes: readonly Route[];
  readonly steps: readonly RouteStep[];
  readonly maps: readonly MapFile[];
  /** Backends by app id in lower case. */
  readonly appIds: ReadonlyMap<string, string>;
  /** By port. */
  readonly listeners: readonly Listener[];
  /** By name. */
  readonly backends: readonly BackendPlan[];
  readonly userlists: readonly Userlist[];
  readonly reports: readonly Report[];
  readonly owners: ReadonlyMap<string, PathId>;
}

/** An app, or the apps of a deployment group, which are served as one. */
interface App {
  readonly id: PathId;
  readonly app: CatalogApp;
  readonly deployment: Deployment | null;
  readonly reading: AppReading;
  readonly isRejected: boolean;
}

interface Apps {
  /** The oldest first. */
  readonly list: readonly App[];
  /** Also by the ids of the apps of a deployment group. */
  readonly byId: ReadonlyMap<PathId, App>;
  readonly reports: Report[];
}

/** Decides about an input all that its instances do not change. */
export function compileStructure(input: CompileInput, readings: AppReadings, ruleReadings: RuleReadings): Structure {
  const { settings, owners: before, portProblem } = input;
  const apps = readApps(input, readings);
  const { reports } = apps;
  const plans = new BackendPlans(readings);
  const ofRules = compileRules(input, apps, { readings, ruleReadings, plans });

  const served = apps.list.flatMap(({ reading, isRejected }) =>
    reading.services.map((service) => ({ service, isRejected })),
  );
  const hosts = grantHosts(
    served.flatMap(({ service, isRejected }): WantedHost[] =>
      service.routes.map((route) => ({ app: service.id, portIndex: service.settings.portIndex, route, isRejected })),
    ),
    { claims: settings.hostClaims, rules: hostsOfRules(ofRules), before },
  );
  const ports = compileListeners(
    served.map(({ service, isRejected }): WantedPort => ({ service, backend: service.name, isRejected })),
    { settings, before, portProblem },
  );

  // Nobody's `*.` host or path goes before what another one has by name, whatever weight it gives itself.
  const lowest = hosts.routes.reduce((min, { host, priority }) => (isWild(host) ? min : Math.min(min, priority)), 0);
  const ofLabels = hosts.routes.map((route): Route =>
    isWild(route.host) && route.priority > lowest ? { ...route, priority: lowest } : route,
  );
  const defaults = defaultRoutes(settings.defaultRule === 'none' ? [] : withoutRoute(input, apps), {
    rule: settings.defaultRule,
    priority: lowest,
    backendOf: (service) => plans.addHttp(service),
  });
  const routes = settings.bindsHttpAndHttps ? orderRoutes([...ofRules, ...ofLabels, ...defaults.routes]) : [];

  const named = new Map(served.map(({ service }) => [service.name, service]));
  for (const { backend } of [...ofLabels, ...ports.listeners]) {
    const service = named.get(backend);
    if (service !== undefined) plans.add(service);
  }
  const appIds = settings.appIdPort === 0 ? new Map<string, string>() : compileAppIds(served, plans);
  const backends = plans.list();
  return {
    routes,
    ...routeSteps(routes, settings.mapsDirectory),
    appIds,
    listeners: ports.listeners.map((listener): Listener => {
      const service = named.get(listener.backend);
      return { ...listener, mode: service === undefined ? 'tcp' : plans.modeOf(service) };
    }),
    backends,
    userlists: backends.flatMap((plan) => {
      const list = plan.kind === 'service' && plan.shape.auth !== null && userlistOf(plan.name, plan.service.settings);
      return list === false || list === undefined ? [] : [list];
    }),
    reports: [...reports, ...hosts.reports, ...ports.reports, ...defaults.reports],
    owners: new Map([...hosts.owners, ...ports.owners]),
  };
}

const isWild = (host: string | null): boolean => host?.startsWith('*.') === true;

/** Of a deployment group: its servers are the instances of all its apps. */
const ofDeployment = (service: Service, deployment: Deployment | null): Service =>
  deployment === null ? service : { ...service, members: deployment.apps, deployment };

/** Reads the apps, those of the oldest versions first. */
function readApps({ catalog, reading: rules, rejected }: CompileInput, readings: AppReadings): Apps {
  const reports: Report[] = [];
  const apps: CatalogApp[] = [];
  for (const app of catalog.apps.values()) {
    const problem = shapeProblem(app);
    if (problem === undefined) apps.push(app);
    else reports.push({ kind: 'app', id: app.id, reason: problem });
  }
  reports.sort((a, b) => byText(a.id, b.id));
  apps.sort((a, b) => byText(a.version, b.version) || byText(a.id, b.id));
  const assigned = assignServicePorts(apps, rules.assignedPorts);
  const deployments = findDeployments(apps, rules.settingsFrom);
  const problems = [...deployments.problems];
  const list: App[] = [];
  const byId = new Map<PathId, App>();
  for (const app of apps) {
    const deployment = deployments.of.get(app.id) ?? null;
    const [oldest = app] = deployment?.apps ?? [app];
    if (oldest !== app) continue;
    const served = deployment?.servedAs ?? app;
    const { id } = served;
    const members = deployment?.apps ?? [app];
    const { services, ...reading } = readings.read(served, assigned.get(app.id));
    let reason = reading.unreadable;
    for (const name of new Set([id, ...members.map((member) => member.id)])) reason ??= rejected('app', name);
    if (reason !== undefined) reports.push({ kind: 'app', id, reason });
    problems.push(...reading.problems.map((problem) => ({ app: id, ...problem })), ...(deployment?.problems ?? []));
    const found: App = {
      id,
      app: served,
      deployment,
      reading: { ...reading, services: services.map((service) => ofDeployment(service, deployment)) },
      isRejected: reason !== undefined,
    };
    list.push(found);
    for (const name of [id, ...members.map((member) => member.id)]) byId.set(name, found);
  }
  for (const { app, label, reason } of problems) reports.push({ kind: 'app', id: app, reason: `${label}: ${reason}` });
  return { list, byId, reports };
}

/** The routes of the rules, and the backends that they lead to. */
function compileRules(
  input: CompileInput,
  { byId, reports }: Apps,
  { readings, ruleReadings, plans }: { readings: AppReadings; ruleReadings: RuleReadings; plans: BackendPlans },
): Route[] {
  const routed: {
    readonly rule: Parameters<typeof ruleRoutes>[0];
    readonly app: PathId | null;
    /** Known once all rules have said what speaks HTTP. */
    readonly backend: () => string;
  }[] = [];
  for (const rule of input.rules) {
    try {
      const rejected = input.rejected('rule', rule.id);
      if (rejected !== undefined) throw new Error(rejected);
      const reading = ruleReadings.read(rule);
      if (reading.error !== undefined) throw new Error(reading.error);
      const { name, acl, settings } = reading;
      const understood = { name, id: rule.id, acl, priority: settings.priority };
      if (settings.servers.length > 0) {
        routed.push({ rule: understood, app: null, backend: () => plans.addFixed(rule.id, settings.servers) });
        continue;
      }
      const found = byId.get(rule.id);
      if (found === undefined) throw new Error('there is no such app');
      if (found.isRejected) throw new Error('the app is left out');
      const target = ruleTarget(settings.portIndex, found.app, found.reading, readings);
      const service = target.deployment === null ? ofDeployment(target, found.deployment) : target;
      plans.speakHttp(service);
      routed.push({ rule: understood, app: service.id, backend: () => plans.add(service) });
    } catch (error) {
      reports.push({ kind: 'rule', id: rule.id, reason: messageOf(error) });
    }
  }
  return routed.flatMap(({ rule, backend, app }) => ruleRoutes(rule, { backend: backend(), app }));
}

/** The rules that have a whole host, by it. */
function hostsOfRules(routes: readonly Route[]): Map<string, string> {
  const hosts = new Map<string, string>();
  for (const { host, source } of routes) {
    if (host !== null && source.kind === 'rule' && !hosts.has(host)) hosts.set(host, source.id);
  }
  return hosts;
}

/** The services of apps that nothing else leads to. */
function withoutRoute({ rules, settings }: CompileInput, { list, byId }: Apps): Service[] {
  const ruled = new Set([...rules].map((rule) => byId.get(rule.id)));
  return list.flatMap((app) => {
    const { services } = app.reading;
    const hasHost = settings.defaultRule === 'path' && services.some((service) => service.settings.hosts.length > 0);
    if (app.isRejected || hasHost || ruled.has(app)) return [];
    const service = defaultService(services);
    return service === undefined ? [] : [service];
  });
}

/** Apps by their ids: of each the first port that speaks HTTP. */
function compileAppIds(
  served: readonly { readonly service: Service; readonly isRejected: boolean }[],
  plans: BackendPlans,
): Map<string, string> {
  const first = new Map<string, Service>();
  for (const { service, isRejected } of served) {
    if (isRejected || plans.modeOf(service) !== 'http' || !isTcp(service.settings.port)) continue;
    const id = service.id.toLowerCase();
    const known = first.get(id);
    if (known === undefined || known.settings.portIndex > service.settings.portIndex) first.set(id, service);
  }
  return new Map(
    [...first].map(([id, service]) => [id, plans.add(service)] as const).sort((a, b) => byText(a[0], b[0])),
  );
}
