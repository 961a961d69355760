import { parseIpAddress } from '../../common/ip-address.js';
import type { Range } from '../../mesos/types.js';
import { addressRecords, hostAddressesOf } from './addresses.js';
import type { Generated } from './generated.js';
import { nothing } from './generated.js';
import { domainFragment } from './label.js';
import { labelFunctionOf } from './options.js';
import type { RecordOptions } from './options.js';
import type { DnsRecord } from './record.js';
import { reverseRecords } from './reverse.js';
import { standingOf } from './standing.js';
import { agentTail, taskHash } from './task-hash.js';
import type { TaskKey, View, ViewAgent, ViewTask } from './view.js';
import { maxLabelLength } from './wire-name.js';

/** More ports than this of one task are left out: a task that holds a whole range would otherwise own 100,000 records. */
const maxPortsPerTask = 1024;
/** All that there are: Mesos-DNS knows no limit. */
const maxPortsWithQuirks = 65_536;

/** The ports of all ranges, up to the limit. */
function portsOf(ranges: readonly Range[], limit: number): { ports: number[]; leftOut: number } {
  const ports: number[] = [];
  let total = 0;
  for (const { begin, end } of ranges) {
    total += Math.max(0, end - begin + 1);
    for (let port = begin; port <= end && ports.length < limit; port++) ports.push(port);
  }
  return { ports, leftOut: total - ports.length };
}

/**
 * The addresses of the task itself: those of the first source that has any. Without quirks a task in a bridge that publishes
 * ports has its agent's: Mesos-DNS names an address here that only the agent itself can reach.
 */
function containerAddresses(view: View, task: ViewTask, agent: ViewAgent, options: RecordOptions): readonly string[] {
  if (!options.quirks && task.isBridged && task.ports.length > 0) return hostAddressesOf(view, agent.address.host);
  for (const source of options.ipSources) {
    const found = source === 'host' ? hostAddressesOf(view, agent.address.host) : task.addresses[source];
    if (found.some((text) => parseIpAddress(text) !== undefined)) return found;
  }
  return [];
}

/**
 * The name of one instance: `<name>-<hash>-<agent>`. Without quirks the last label of `name` gives way, so that the whole
 * fits into a label: Mesos-DNS makes names here that it can never send.
 */
function canonicalName(name: string, task: ViewTask, quirks: boolean): string {
  const suffix = `-${taskHash(task.id)}-${agentTail(task.agentId)}`;
  if (quirks) return name + suffix;
  const start = name.lastIndexOf('.') + 1;
  const room = maxLabelLength - (suffix.split('.')[0] ?? '').length;
  if (name.length - start <= room) return name + suffix;
  return name.slice(0, start) + name.slice(start, start + Math.max(0, room)).replace(/-+$/, '') + suffix;
}

/**
 * The names under which a task is published. With a DiscoveryInfo name there are two, and the task's own name is ignored:
 * the DiscoveryInfo name as it is (`cart.shop`), and as a label (`cart-shop`).
 */
function namesOf(task: ViewTask, options: RecordOptions): string[] {
  const label = labelFunctionOf(options);
  const { name } = task.discovery;
  if (name === '') return [label(task.name)];
  if (options.quirks) return [name, label(name)];
  return [...new Set([name.toLowerCase(), label(name)])].filter((n) => n !== '');
}

/** The way back from the addresses that are the task's alone, as far as this task can tell: those of agents and in bridges are not. */
function ownReverseRecords(
  task: ViewTask,
  containers: readonly string[],
  agents: readonly string[],
  name: string,
): DnsRecord[] {
  if (task.isBridged) return [];
  return reverseRecords(
    containers.filter((address) => !agents.includes(address)),
    name,
  );
}

/**
 * The records of a task: none unless it runs on a known agent, for a known framework; a task that is withdrawn has only the names of the
 * instance. SRV records of host ports point to the
 * instance's name on its agent, those of DiscoveryInfo ports to the instance's name: without quirks
 * only where the port is the instance's own, not its agent's.
 */
export function taskRecords(view: View, key: TaskKey, options: RecordOptions): Generated {
  const task = view.tasks.get(key);
  if (task?.running !== true) return nothing;
  const agent = view.agents.get(task.agentId);
  const framework = view.frameworks.get(task.frameworkId);
  if (agent === undefined || framework === undefined) return nothing;

  const label = labelFunctionOf(options);
  const fragment = domainFragment(framework.name, label);
  const inFramework = `${fragment}.${options.domain}`;
  const onAgents = `${fragment}.slave.${options.domain}`;
  const containers = containerAddresses(view, task, agent, options);
  const agents = hostAddressesOf(view, agent.address.host);
  const hasOwnAddress = !options.quirks && containers.some((address) => !agents.includes(address));
  const limit = options.quirks ? maxPortsWithQuirks : maxPortsPerTask;
  const host = portsOf(task.ports, limit);
  const allDiscoveryPorts = task.discovery.name === '' ? [] : task.discovery.ports;
  const discoveryPorts = allDiscoveryPorts.slice(0, limit);
  const leftOut = host.leftOut + allDiscoveryPorts.length - discoveryPorts.length;
  const standing = standingOf(view, task, options);
  const isShared = standing !== 'withdrawn';

  const records: DnsRecord[] = [];
  const names = namesOf(task, options);
  for (const name of names) {
    const canonical = canonicalName(name, task, options.quirks);
    const instance = `${canonical}.${inFramework}`;
    const instanceOnAgent = `${canonical}.${onAgents}`;
    for (const [shared, own, addresses] of [
      [`${name}.${inFramework}`, instance, containers],
      [`${name}.${onAgents}`, instanceOnAgent, agents],
    ] as const) {
      for (const address of addresses) {
        if (isShared) records.push(...addressRecords(shared, [address]));
        records.push(...addressRecords(own, [address]));
      }
    }
    if (!options.quirks && name === names.at(-1)) {
      records.push(...ownReverseRecords(task, containers, agents, instance));
    }
    if (!isShared) continue;
    const zones = task.discovery.name === '' ? [onAgents, inFramework] : [onAgents];
    for (const port of host.ports) {
      for (const zone of zones) {
        for (const protocol of ['tcp', 'udp']) {
          records.push({
            type: 'SRV',
            name: `_${name}._${protocol}.${zone}`,
            target: instanceOnAgent,
            port,
          });
        }
      }
    }
    for (const port of discoveryPorts) {
      const portName = label(port.name);
      const protocols = port.protocol === '' ? ['tcp', 'udp'] : [label(port.protocol)];
      const target = port.isOfHost && hasOwnAddress ? instanceOnAgent : instance;
      for (const prefix of portName === '' ? [''] : ['', `_${portName}.`]) {
        for (const protocol of protocols) {
          records.push({
            type: 'SRV',
            name: `${prefix}_${name}._${protocol}.${inFramework}`,
            target,
            port: port.number,
          });
        }
      }
    }
  }
  return {
    records,
    avoided: standing === 'avoided',
    problems: leftOut === 0 ? [] : [`${leftOut} ports are left out: at most ${limit} of a task are published`],
  };
}
