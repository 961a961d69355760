import { isIPv4 } from 'node:net';
import type { TasksTextLine } from '../../catalog/providers/marathon/tasks-text.js';

/** What every configuration of the bridge begins with (lb.md §A): the text of the original. */
export const bridgeHeader = `global
  daemon
  log 127.0.0.1 local0
  log 127.0.0.1 local1 notice
  maxconn 4096

defaults
  log            global
  retries             3
  maxconn          2000
  timeout connect  5000
  timeout client  50000
  timeout server  50000

listen stats
  bind 127.0.0.1:9090
  balance
  mode http
  stats enable
  stats auth admin:admin
`;

const statsPort = 9090;

/** Bounds what a scheduler can make of the file. */
const maxServices = 20_000;
const maxServers = 10_000;

/** One line of `GET /v2/tasks` as text: an app's service port and where its tasks listen for it. */
interface Service {
  readonly app: string;
  readonly port: number;
  /** `host:port`, in the order of the answer. */
  readonly endpoints: readonly string[];
}

export interface BridgeConfiguration {
  readonly text: string;
  /** What was left out and why, one line each. */
  readonly notes: readonly string[];
}

/** What HAProxy takes as the name of a proxy or server. */
const nameLetters = /^[A-Za-z0-9_.:-]{1,255}$/;
const hostName =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*$/;

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function isEndpoint(text: string): boolean {
  const colon = text.lastIndexOf(':');
  const host = text.slice(0, Math.max(colon, 0));
  if (!isPort(text.slice(colon + 1))) return false;
  return /^[\d.]+$/.test(host) ? isIPv4(host) : hostName.test(host);
}

/** What is shown of a value that may be anything. */
function quoted(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}

/** The services of an answer; an app without a service port is none. */
function servicesOf(lines: readonly TasksTextLine[], notes: string[]): Service[] {
  const services: Service[] = [];
  const owners = new Map<number, string>([[statsPort, 'the statistics']]);
  for (const { app, servicePort: port, addresses } of lines) {
    if (port === undefined) continue;
    if (port < 1 || port > 65_535) {
      notes.push(`${quoted(app)} is left out: ${port} is not a port`);
      continue;
    }
    if (!nameLetters.test(app)) {
      notes.push(`${quoted(app)} is left out: its name is none that HAProxy knows`);
      continue;
    }
    const owner = owners.get(port);
    if (owner !== undefined) {
      notes.push(`${quoted(app)} is left out: port ${port} belongs to ${owner}`);
      continue;
    }
    if (services.length === maxServices) {
      notes.push(`more than ${maxServices} services: the others are left out`);
      break;
    }
    owners.set(port, app);
    const good = addresses.filter(isEndpoint);
    for (const bad of addresses.filter((address) => !isEndpoint(address)).slice(0, 10)) {
      notes.push(`${quoted(app)}: ${quoted(bad)} is left out: not host:port`);
    }
    if (good.length > maxServers) notes.push(`${quoted(app)}: more than ${maxServers} tasks: the others are left out`);
    services.push({ app, port, endpoints: good.slice(0, maxServers) });
  }
  return services;
}

function listenSection({ app, port, endpoints }: Service): string {
  const head = [
    `listen ${app}-${port}`,
    `  bind 0.0.0.0:${port}`,
    '  mode tcp',
    '  option tcplog',
    '  balance leastconn',
  ];
  const servers = endpoints.map((endpoint, index) => `  server ${app}-${endpoints.length - index} ${endpoint} check`);
  return `\n${[...head, ...servers].join('\n')}\n`;
}

/**
 * The `listen` sections for what Marathon answers to `GET /v2/tasks` with `Accept: text/plain`, as haproxy-marathon-bridge writes
 * them. The original takes over whatever stands there; here values that could be more than a name, a port or an address are left
 * out, and so is a second service of one port, which would get part of the first one's connections.
 */
export function bridgeApps(lines: readonly TasksTextLine[]): BridgeConfiguration {
  const notes: string[] = [];
  const text = servicesOf(lines, notes).map(listenSection).join('');
  return { text, notes };
}

/** The whole configuration. */
export function bridgeConfiguration(lines: readonly TasksTextLine[]): BridgeConfiguration {
  const { text, notes } = bridgeApps(lines);
  return { text: bridgeHeader + text, notes };
}

/**
 * Whether two configurations of the bridge mean the same. The order of services and tasks follows Marathon's answer, which may be
 * another one each time, and servers are numbered by it: neither is a reason for a reload.
 */
export function meansTheSame(one: string, other: string): boolean {
  return one === other || canonical(one) === canonical(other);
}

function canonical(text: string): string {
  const sections = text.split(/\n(?=\S)/).map((section) => {
    const lines = section
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const servers = lines
      .filter((line) => line.startsWith('server '))
      .map((line) => line.replace(/^server \S+/, 'server'));
    return [...lines.filter((line) => !line.startsWith('server ')), ...servers.sort()].join('\n');
  });
  return sections.sort().join('\n');
}
