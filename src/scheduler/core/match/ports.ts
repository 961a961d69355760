import type { PortRange } from '../../model/offer.js';
import type { RunSpec } from '../../model/run-spec.js';
import { wantedPortsOf } from '../wanted-ports.js';
import type { WantedPort } from '../wanted-ports.js';
import { portCount, withoutPort } from './offer-resources.js';

/** Ports up to this one are not given to containers that leave the choice open. */
const lastPrivilegedPort = 1024;
const lastPort = 65_535;

/** The n-th port (from 0) of the ranges laid end to end. */
function nthPort(ranges: readonly PortRange[], n: number): number | undefined {
  let rest = n;
  for (const { begin, end } of ranges) {
    const size = end - begin + 1;
    if (rest < size) return begin + rest;
    rest -= size;
  }
  return undefined;
}

/** What an instance wants of the agent's ports: these, each once, and so many more. */
export interface HostPortNeed {
  readonly fixed: readonly number[];
  readonly open: number;
}

const needs = new WeakMap<RunSpec, HostPortNeed>();

/** Worked out once for each definition. */
export function hostPortNeedOf(runSpec: RunSpec): HostPortNeed {
  const known = needs.get(runSpec);
  if (known !== undefined) return known;
  const hostPorts = wantedPortsOf(runSpec).flatMap(({ hostPort }) => hostPort ?? []);
  const need = {
    fixed: [...new Set(hostPorts.filter((port) => port !== 0))],
    open: hostPorts.filter((port) => port === 0).length,
  };
  needs.set(runSpec, need);
  return need;
}

/** Those of `ports` that are not offered. */
export function missingPorts(ports: readonly number[], offered: readonly PortRange[]): readonly number[] {
  return ports.filter((port) => !offered.some((range) => range.begin <= port && port <= range.end));
}

/** Ports from a random place in what is offered, one after the other; undefined = there are not so many. */
function openPorts(needed: number, offered: readonly PortRange[], random: () => number): readonly number[] | undefined {
  if (needed === 0) return [];
  const count = portCount(offered);
  if (count < needed) return undefined;
  const start = Math.floor(random() * count);
  const ports: number[] = [];
  for (let i = 0; i < needed; i++) {
    const port = nthPort(offered, (start + i) % count);
    if (port === undefined) return undefined;
    ports.push(port);
  }
  return ports;
}

/** Ports inside the container: what the mapping says, else the host port, else one that no other mapping has. */
function containerPortsFor(
  wanted: readonly WantedPort[],
  hostPorts: readonly (number | undefined)[],
  random: () => number,
): readonly number[] {
  const settled = wanted.map(({ number }, i) => (number === 0 ? hostPorts[i] : number));
  const used = new Set(settled);
  return settled.map((port) => {
    if (port !== undefined) return port;
    const size = lastPort - lastPrivilegedPort;
    let place = Math.floor(random() * size);
    while (used.has(lastPrivilegedPort + 1 + place)) place = (place + 1) % size;
    const picked = lastPrivilegedPort + 1 + place;
    used.add(picked);
    return picked;
  });
}

/** Ports for one instance. `ports`: those of the agent, in the order of the app's ports or the pod's endpoints, without gaps for ports that have none. */
export interface PickedPorts {
  readonly ports: readonly number[];
  /** Of a container with a network of its own: the port inside for each of its mappings. */
  readonly containerPorts?: readonly number[];
}

/**
 * Picks the ports of an instance (marathon.md §9.3): fixed ones as they are, open ones from a random place in what is offered. Undefined
 * when the offer has not got them.
 */
export function pickPorts(
  runSpec: RunSpec,
  offered: readonly PortRange[],
  random: () => number,
): PickedPorts | undefined {
  const wanted = wantedPortsOf(runSpec);
  const { fixed, open } = hostPortNeedOf(runSpec);
  if (missingPorts(fixed, offered).length > 0) return undefined;
  const free = fixed.reduce(withoutPort, offered);
  const picked = openPorts(open, free, random);
  if (picked === undefined) return undefined;
  let next = 0;
  const hostPorts = wanted.map(({ hostPort }) => (hostPort === 0 ? picked[next++] : hostPort));
  const ports = hostPorts.filter((port) => port !== undefined);
  return wanted.some(({ isMapped }) => isMapped)
    ? { ports, containerPorts: containerPortsFor(wanted, hostPorts, random) }
    : { ports };
}
