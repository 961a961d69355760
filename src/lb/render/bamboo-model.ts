import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogApp, CatalogInstance } from '../../catalog/types.js';
import { parseIpAddress } from '../../common/ip-address.js';
import { hasValidSegments, segmentsOf } from '../../common/path-id.js';
import type { PathId } from '../../common/path-id.js';
import { parseAcl, serializeAcl } from '../rules/acl.js';
import { unsafeCharacters } from '../rules/acl-words.js';
import type { Rule } from '../rules/rule.js';
import type { Texts } from './outside-text.js';

/**
 * What a template written for Bamboo 0.3 reads (lb.md §D.5): `Apps` by id and `Services` by the id of the app. Ids, addresses, ports
 * and states are checked here; the rest is text from outside, which the renderer wraps.
 */
export interface BambooModel {
  readonly Apps: readonly BambooApp[];
  readonly Services: Readonly<Record<string, BambooService>>;
}

export interface BambooApp {
  readonly Id: string;
  /** `app-group`: the segments of the id from the last to the first. */
  readonly MesosDnsId: string;
  readonly EscapedId: string;
  readonly SplitId: readonly string[];
  readonly HealthCheckPath: string;
  readonly HealthCheckProtocol: string;
  readonly HealthChecks: readonly { readonly Protocol: string; readonly Path: string; readonly PortIndex: number }[];
  /** Not in the catalog: always empty. */
  readonly ReadinessCheckPath: string;
  readonly Tasks: readonly BambooTask[];
  readonly ServicePort: number;
  readonly ServicePorts: readonly number[];
  readonly Env: Texts;
  readonly Labels: Texts;
  readonly IpAddress: {
    readonly Discovery: {
      readonly Ports: readonly { readonly Number: number; readonly Name: string; readonly Protocol: string }[];
    };
  };
}

export interface BambooTask {
  readonly Id: string;
  /** Of the agent, or of the task itself where it has no host ports. */
  readonly Host: string;
  readonly Port: number;
  readonly Ports: readonly number[];
  readonly Alive: boolean;
  readonly State: 'TASK_RUNNING';
  readonly Ready: boolean;
}

export interface BambooService {
  readonly Id: string;
  /** Safe to stand behind `acl NAME`. */
  readonly Acl: string;
  readonly Config: Texts;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const isHost = (host: string): boolean =>
  parseIpAddress(host) !== undefined || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(host);
const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65_536;
const isWord = (text: string): boolean => /^[A-Za-z0-9_.-]+$/.test(text);

/** Values that fit in a line. */
function printable(texts: Texts): Texts {
  return Object.fromEntries(
    Object.entries(texts).filter(([, value]) => !unsafeCharacters.test(value) && value.length <= 1024),
  );
}

const fitting = (text: string): string => (unsafeCharacters.test(text) || text.length > 1024 ? '' : text);

function taskOf(app: CatalogApp, instance: CatalogInstance): BambooTask | undefined {
  const isOfAgent = instance.ports.some(isPort);
  const host = isOfAgent ? instance.host : (instance.ipAddresses[0] ?? '');
  const ports = (isOfAgent ? instance.ports : (instance.containerPorts ?? [])).filter(isPort);
  const [port] = ports;
  if (port === undefined || !isHost(host) || !isWord(instance.taskId) || instance.draining === true) return undefined;
  const isChecked = instance.isChecked ?? app.healthChecks.length > 0;
  return {
    Id: instance.taskId,
    Host: host,
    Port: port,
    Ports: ports,
    Alive: instance.healthy === true || (instance.healthy === null && !isChecked),
    State: 'TASK_RUNNING',
    Ready: instance.ready !== false,
  };
}

function appOf(app: CatalogApp, instances: readonly CatalogInstance[]): BambooApp {
  const segments = segmentsOf(app.id);
  const checks = app.healthChecks.filter((check) => isWord(check.protocol));
  const httpCheck = checks.find((check) => /^(MESOS_)?HTTPS?$/.test(check.protocol));
  const servicePorts = app.ports.map((port) => port.servicePort).filter(isPort);
  return {
    Id: app.id,
    MesosDnsId: segments.toReversed().join('-'),
    EscapedId: app.id.replaceAll('/', '::'),
    SplitId: segments,
    HealthCheckPath: fitting(httpCheck?.path ?? ''),
    HealthCheckProtocol: httpCheck?.protocol ?? '',
    HealthChecks: checks.map(({ protocol, path, portIndex }) => ({
      Protocol: protocol,
      Path: fitting(path ?? ''),
      PortIndex: portIndex ?? 0,
    })),
    ReadinessCheckPath: '',
    Tasks: instances
      .map((instance) => taskOf(app, instance))
      .filter((task) => task !== undefined)
      .sort((a, b) => byText(a.Id, b.Id)),
    ServicePort: servicePorts[0] ?? 0,
    ServicePorts: servicePorts,
    Env: printable(app.env),
    Labels: printable(app.labels),
    IpAddress: {
      Discovery: {
        Ports: app.ports
          .filter(({ containerPort, name, protocol }) => {
            return containerPort !== undefined && isPort(containerPort) && isWord(name ?? '-') && isWord(protocol);
          })
          .map(({ containerPort, name, protocol }) => ({
            Number: containerPort ?? 0,
            Name: name ?? '',
            Protocol: protocol,
          })),
      },
    },
  };
}

function serviceOf(rule: Rule): BambooService | undefined {
  try {
    const acl = serializeAcl(parseAcl(rule.acl));
    return { Id: rule.id, Acl: acl, Config: { ...printable(rule.config ?? {}), Acl: acl } };
  } catch {
    // It is reported where the routes are made.
    return undefined;
  }
}

/** What is as it was keeps its object, so that its text does not have to be made again. */
export class BambooModels {
  readonly #apps = new WeakMap<CatalogApp, { instances: readonly CatalogInstance[]; app: BambooApp }>();
  readonly #services = new WeakMap<Rule, BambooService>();

  read(catalog: CatalogView, rules: Iterable<Rule>): BambooModel {
    const apps: BambooApp[] = [];
    for (const app of catalog.apps.values()) {
      if (hasValidSegments(app.id)) apps.push(this.#app(app, [...catalog.instancesOf(app.id)]));
    }
    const services: [PathId, BambooService][] = [];
    for (const rule of rules) {
      const service = this.#services.get(rule) ?? serviceOf(rule);
      if (service === undefined) continue;
      this.#services.set(rule, service);
      services.push([rule.id, service]);
    }
    return { Apps: apps.sort((a, b) => byText(a.Id, b.Id)), Services: Object.fromEntries(services) };
  }

  #app(app: CatalogApp, instances: readonly CatalogInstance[]): BambooApp {
    const known = this.#apps.get(app);
    if (known?.instances.length === instances.length && known.instances.every((one, i) => one === instances[i])) {
      return known.app;
    }
    const made = appOf(app, instances);
    this.#apps.set(app, { instances, app: made });
    return made;
  }
}
