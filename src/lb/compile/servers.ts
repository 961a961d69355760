import type { CatalogApp, CatalogInstance } from '../../catalog/types.js';
import { parseIpAddress } from '../../common/ip-address.js';
import type { ServiceSettings } from '../labels/service-settings.js';
import { byText } from './by-text.js';
import { serverName } from './names.js';
import type { Leaving, ProxySettings, Server } from './routing-model.js';

/** An instance, and the app of which it is one. */
export interface Member {
  readonly app: CatalogApp;
  readonly instance: CatalogInstance;
  /** Its owner has taken it out (blue/green). */
  readonly disabled: boolean;
}

/** What the instances of a service are to HAProxy. */
export interface ServiceServers {
  readonly servers: readonly Server[];
  /** The task behind each server, by the server's name; those that are leaving are not among them. */
  readonly tasks: ReadonlyMap<string, string>;
  readonly leaving: readonly Leaving[];
  /** What is wrong, by app. */
  readonly problems: readonly { readonly app: string; readonly reason: string }[];
  /** How many get nothing (yet) because of their health. */
  readonly waiting: number;
}

/** Whether traffic may go to it, as far as the scheduler knows. */
export function isUsable(app: CatalogApp, instance: CatalogInstance, health: ProxySettings['health']): boolean {
  const { healthy, anyHealthy, ready, unreachable, isChecked = app.healthChecks.length > 0 } = instance;
  if (ready === false) return false;
  // Nobody knows how it is: HAProxy's own check says whether it can be reached.
  if (unreachable === true || health === 'ignore') return true;
  if (health === 'any' && anyHealthy === true) return true;
  // Of a version without health checks nothing says so, whatever the next version has.
  return healthy === true || (healthy === null && !isChecked);
}

const isPort = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535;

/** Where the port of an instance is reached: the host port, or the container's own address where there is none. */
function endpointOf(
  { app, instance }: Member,
  portIndex: number,
  addressOf: (host: string) => string | undefined,
): { address: string; port: number } | { missing: string } {
  const hostPort = instance.ports[portIndex] ?? 0;
  const containerPort = instance.containerPorts?.[portIndex] ?? app.ports[portIndex]?.containerPort ?? 0;
  const [host, number] = hostPort > 0 ? [instance.host, hostPort] : [instance.ipAddresses[0] ?? '', containerPort];
  if (!isPort(number)) return { missing: `port ${portIndex} has no number` };
  if (host === '') return { missing: 'it has no address (yet)' };
  const address = parseIpAddress(host)?.address ?? addressOf(host);
  return address === undefined
    ? { missing: `the address of ${JSON.stringify(host)} is not known` }
    : { address, port: number };
}

/**
 * The servers of a service: instances that are healthy as `health` wants it, at the address of its port. One that is about to
 * be killed is no server any more, but leaving, however it is.
 */
export function compileServers(
  members: readonly Member[],
  { portIndex, checkPortIndex }: Pick<ServiceSettings, 'portIndex' | 'checkPortIndex'>,
  {
    backend,
    health,
    addressOf,
  }: {
    readonly backend: string;
    readonly health: ProxySettings['health'];
    readonly addressOf: (host: string) => string | undefined;
  },
): ServiceServers {
  const servers = new Map<string, Server>();
  const tasks = new Map<string, string>();
  const leaving = new Map<string, Leaving>();
  const problems: { app: string; reason: string }[] = [];
  let waiting = 0;
  for (const member of members) {
    const { app, instance, disabled } = member;
    const isLeaving = instance.draining === true;
    if (!isLeaving && !isUsable(app, instance, health)) {
      waiting += 1;
      continue;
    }
    const at = endpointOf(member, portIndex, addressOf);
    if ('missing' in at) {
      problems.push({ app: app.id, reason: `instance ${instance.taskId}: ${at.missing}` });
      continue;
    }
    const name = serverName(at.address, at.port);
    const endpoint = `${at.address}:${at.port}`;
    if (isLeaving) {
      leaving.set(name, { taskId: instance.taskId, backend, server: name, endpoint });
      continue;
    }
    const check = checkPortIndex === null ? undefined : endpointOf(member, checkPortIndex, addressOf);
    const checkPort = check !== undefined && 'port' in check ? check.port : null;
    const known = servers.get(name);
    servers.set(name, { name, endpoint, disabled: disabled && known?.disabled !== false, checkPort });
    tasks.set(name, instance.taskId);
  }
  return {
    servers: [...servers.values()].sort((a, b) => byText(a.name, b.name)),
    tasks,
    // A server that stays cannot leave: its place has been given to another instance.
    leaving: [...leaving.values()]
      .filter(({ server }) => !servers.has(server))
      .sort((a, b) => byText(a.taskId, b.taskId)),
    problems: problems.sort((a, b) => byText(a.reason, b.reason)),
    waiting,
  };
}
