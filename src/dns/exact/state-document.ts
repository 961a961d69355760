import { parseIpAddress } from '../../common/ip-address.js';
import { parseHostPort, parsePid } from '../records/host-port.js';
import { taskKey } from '../records/view.js';
import type { HostPort, TaskKey, View, ViewAgent, ViewFramework, ViewTask } from '../records/view.js';
import { rangesIn } from '../source/from-master-state.js';
import { discoveryOf, newestRunning } from '../source/task-fields.js';

/** A document that Mesos-DNS does not accept: one field of the wrong type is enough. */
export class StateError extends Error {
  override readonly name = 'StateError';
}

/** What a state says, before names of hosts are looked up. */
export interface StateDocument {
  readonly leader: HostPort;
  /** By a key of their own: ids may be there twice. */
  readonly agents: ReadonlyMap<string, ViewAgent>;
  readonly frameworks: ReadonlyMap<string, ViewFramework>;
  readonly tasks: ReadonlyMap<TaskKey, ViewTask>;
  /** Without an address of these the whole document is rejected. */
  readonly neededHosts: ReadonlySet<string>;
  /** Without an address of these only what needs it is left out. */
  readonly wantedHosts: ReadonlySet<string>;
}

type Fields = Readonly<Record<string, unknown>>;

function reject(path: string, type: string): never {
  throw new StateError(`the state of the master has something else than ${type} as ${path}`);
}

function fields(value: unknown, path: string): Fields {
  if (value === undefined || value === null) return {};
  return typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : reject(path, 'an object');
}

function list(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : reject(path, 'a list');
}

function text(value: unknown, path: string): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : reject(path, 'a text');
}

function checkNumber(value: unknown, path: string, isRight: (value: unknown) => boolean): void {
  if (value !== undefined && value !== null && !isRight(value)) reject(path, 'a number');
}

/** A pid that is there must be one: `id@host:port`. */
function pid(value: unknown, path: string): HostPort | undefined {
  return value === undefined ? undefined : (parsePid(text(value, path)) ?? reject(path, 'a pid (id@host:port)'));
}

/** The types of what names are made of; the readers of the fields take anything. */
function checkTask(task: Fields): void {
  for (const item of list(task.statuses, 'task.statuses')) {
    const status = fields(item, 'task.statuses');
    text(status.state, 'task.statuses.state');
    checkNumber(status.timestamp, 'task.statuses.timestamp', (value) => typeof value === 'number');
    for (const label of list(status.labels, 'task.statuses.labels')) {
      const { key, value } = fields(label, 'task.statuses.labels');
      text(key, 'task.statuses.labels.key');
      text(value, 'task.statuses.labels.value');
    }
    const container = fields(status.container_status, 'task.statuses.container_status');
    for (const info of list(container.network_infos, 'network_infos')) {
      const network = fields(info, 'network_infos');
      text(network.ip_address, 'network_infos.ip_address');
      for (const ip of list(network.ip_addresses, 'network_infos.ip_addresses')) {
        text(fields(ip, 'network_infos.ip_addresses').ip_address, 'network_infos.ip_addresses.ip_address');
      }
    }
  }
  const discovery = fields(task.discovery, 'task.discovery');
  text(discovery.name, 'task.discovery.name');
  for (const item of list(fields(discovery.ports, 'task.discovery.ports').ports, 'task.discovery.ports.ports')) {
    const port = fields(item, 'task.discovery.ports.ports');
    text(port.name, 'task.discovery.ports.ports.name');
    text(port.protocol, 'task.discovery.ports.ports.protocol');
    checkNumber(port.number, 'task.discovery.ports.ports.number', Number.isInteger);
  }
}

/** A port without a number has 0. */
function withPortNumbers(discovery: unknown): unknown {
  const { ports, ...rest } = fields(discovery, 'task.discovery');
  return {
    ...rest,
    ports: {
      ports: list(fields(ports, 'task.discovery.ports').ports, 'task.discovery.ports.ports').map((port) => {
        const known = fields(port, 'task.discovery.ports.ports');
        return { ...known, number: known.number ?? 0 };
      }),
    },
  };
}

function taskOf(value: unknown, frameworkId: string): ViewTask {
  const task = fields(value, 'frameworks.tasks');
  checkTask(task);
  return {
    id: text(task.id, 'task.id'),
    frameworkId,
    agentId: text(task.slave_id, 'task.slave_id'),
    name: text(task.name, 'task.name'),
    running: text(task.state, 'task.state') === 'TASK_RUNNING',
    state: text(task.state, 'task.state'),
    ports: rangesIn(text(fields(task.resources, 'task.resources').ports, 'task.resources.ports')),
    discovery: discoveryOf(withPortNumbers(task.discovery)),
    isBridged: false,
    ...newestRunning(task.statuses),
  };
}

/** `master@10.0.0.1:5050` */
export function leaderOf(document: unknown): HostPort {
  const { leader } = fields(document, 'the document');
  return parsePid(text(leader, 'leader')) ?? reject('leader', 'the address of one (x@ip:port)');
}

/**
 * Reads `/master/state` as strictly as Mesos-DNS does (mesos-dns.md §3), and leaves out what it does not look at. Tasks and frameworks whose ids are
 * there twice all count. Throws StateError.
 */
export function readState(document: unknown): StateDocument {
  const state = fields(document, 'the document');
  const agents = new Map<string, ViewAgent>();
  const frameworks = new Map<string, ViewFramework>();
  const tasks = new Map<TaskKey, ViewTask>();
  const neededHosts = new Set<string>();
  const wantedHosts = new Set<string>();
  const note = (hosts: Set<string>, host: string | undefined): void => {
    if (host !== undefined && parseIpAddress(host) === undefined) hosts.add(host);
  };

  for (const item of list(state.slaves, 'slaves')) {
    const agent = fields(item, 'slaves');
    const id = text(agent.id, 'slaves.id');
    const address = pid(agent.pid, 'slaves.pid') ?? reject('slaves.pid', 'a pid (id@host:port)');
    const before = agents.get(id);
    if (before !== undefined) agents.set(`${id}\n${agents.size}`, before);
    agents.set(id, { id, address });
    note(neededHosts, address.host);
  }
  list(state.frameworks, 'frameworks').forEach((item, index) => {
    const framework = fields(item, 'frameworks');
    const id = String(index);
    const address = pid(framework.pid, 'frameworks.pid');
    const hostname = text(framework.hostname, 'frameworks.hostname');
    frameworks.set(id, { id, name: text(framework.name, 'frameworks.name'), pid: address, hostname });
    note(neededHosts, address?.host);
    if (address === undefined && hostname !== '') note(wantedHosts, hostname);
    for (const one of list(framework.tasks, 'frameworks.tasks')) {
      const task = taskOf(one, id);
      tasks.set(`${taskKey(task)}\n${tasks.size}` as TaskKey, task);
    }
  });
  const leader = leaderOf(document);
  note(wantedHosts, leader.host);
  return { leader, agents, frameworks, tasks, neededHosts, wantedHosts };
}

/** The document as the records are made from it. */
export function viewOf(state: StateDocument, hostAddresses: ReadonlyMap<string, readonly string[]>): View {
  const { leader, agents, frameworks, tasks } = state;
  return { leader, agents, frameworks, tasks, hostAddresses };
}

/** The address of `leader` through the port of the master that was asked first: which is what Mesos-DNS does. */
export function authorityOfLeader(leader: HostPort, asked: string): string {
  const host = leader.host.includes(':') ? `[${leader.host}]` : leader.host;
  return `${host}:${parseHostPort(asked)?.port ?? leader.port}`;
}
