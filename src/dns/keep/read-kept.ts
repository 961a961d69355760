import { createHash } from 'node:crypto';
import type { Range } from '../../mesos/types.js';
import type { HostPort, ViewAgent, ViewFramework, ViewPort, ViewTask } from '../records/view.js';
import { fieldsOf, listOf, numberOf, textOf } from '../source/read-json.js';
import type { KeptCluster, KeptStanding } from './kept-cluster.js';
import { keptKind, keptVersion } from './kept-lines.js';
import type { KeptFor, KeptTimes } from './kept-lines.js';

/** What a file says; `unusable` says why it does not count. */
export type KeptReading =
  | { readonly type: 'kept'; readonly whose: KeptFor; readonly times: KeptTimes; readonly cluster: KeptCluster }
  | { readonly type: 'unusable'; readonly reason: string };

const lineEnd = 0x0a;
/** Farther from 1970 there are no dates (ECMA-262 §21.4.1.1). */
const maxTimeMs = 8.64e15;

function timeOf(value: unknown): number | undefined {
  const time = numberOf(value);
  return time === undefined || Math.abs(time) > maxTimeMs ? undefined : time;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textsOf(value: unknown): string[] {
  return listOf(value).flatMap((item) => textOf(item) ?? []);
}

function hostPortOf(value: unknown): HostPort | undefined {
  const { host, port } = fieldsOf(value);
  const [name, number] = [textOf(host), numberOf(port)];
  return name === undefined || number === undefined ? undefined : { host: name, port: number };
}

function agentOf(value: unknown): ViewAgent | undefined {
  const id = textOf(fieldsOf(value).id);
  const address = hostPortOf(fieldsOf(value).address);
  const hostname = textOf(fieldsOf(value).hostname);
  if (id === undefined || address === undefined) return undefined;
  return { id, address, ...(hostname === undefined ? {} : { hostname }) };
}

function frameworkOf(value: unknown): ViewFramework | undefined {
  const fields = fieldsOf(value);
  const id = textOf(fields.id);
  const name = textOf(fields.name);
  if (id === undefined || name === undefined) return undefined;
  return { id, name, pid: hostPortOf(fields.pid), hostname: textOf(fields.hostname) };
}

function rangesOf(value: unknown): Range[] {
  return listOf(value).flatMap((item) => {
    const begin = numberOf(fieldsOf(item).begin);
    const end = numberOf(fieldsOf(item).end);
    return begin === undefined || end === undefined ? [] : [{ begin, end }];
  });
}

function portOf(value: unknown): ViewPort[] {
  const { number, name, protocol, isOfHost } = fieldsOf(value);
  const port = numberOf(number);
  if (port === undefined) return [];
  return [{ number: port, name: textOf(name) ?? '', protocol: textOf(protocol) ?? '', isOfHost: isOfHost === true }];
}

function taskOf(value: unknown): ViewTask | undefined {
  const fields = fieldsOf(value);
  const [id, frameworkId, agentId] = [textOf(fields.id), textOf(fields.frameworkId), textOf(fields.agentId)];
  if (id === undefined || frameworkId === undefined || agentId === undefined) return undefined;
  const discovery = fieldsOf(fields.discovery);
  const addresses = fieldsOf(fields.addresses);
  return {
    id,
    frameworkId,
    agentId,
    name: textOf(fields.name) ?? '',
    running: fields.running === true,
    state: textOf(fields.state) ?? '',
    ports: rangesOf(fields.ports),
    discovery: { name: textOf(discovery.name) ?? '', ports: listOf(discovery.ports).flatMap(portOf) },
    addresses: {
      netinfo: textsOf(addresses.netinfo),
      docker: textsOf(addresses.docker),
      mesos: textsOf(addresses.mesos),
    },
    isBridged: fields.isBridged === true,
    addressesAt: numberOf(fields.addressesAt) ?? -1,
    ...(fields.unhealthy === true ? { unhealthy: true } : {}),
  };
}

function standingOf(value: unknown): KeptStanding | undefined {
  const { taskId, is } = fieldsOf(value);
  const id = textOf(taskId);
  return id === undefined || (is !== 'avoided' && is !== 'withdrawn') ? undefined : [id, is];
}

/** The bytes before the last line, when that line vouches for them. */
function vouchedFor(bytes: Buffer): Buffer | undefined {
  const start = bytes.lastIndexOf(lineEnd, bytes.length - 2) + 1;
  const body = bytes.subarray(0, start);
  const { sha256 } = fieldsOf(fieldsOf(parsed(bytes.toString('utf8', start))).end);
  return sha256 === createHash('sha256').update(body).digest('hex') ? body : undefined;
}

function* linesOf(bytes: Buffer): Generator<string, void, undefined> {
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(lineEnd, start);
    const end = found < 0 ? bytes.length : found;
    yield bytes.toString('utf8', start, end);
    start = end + 1;
  }
}

/** Reads the content of a file that `keptLines` and `endLine` made, of this or a later Ekiden. Items without what they need are left out. */
export function readKept(bytes: Buffer): KeptReading {
  const unusable = (reason: string): KeptReading => ({ type: 'unusable', reason });
  const body = vouchedFor(bytes);
  if (body === undefined) return unusable('it is damaged, or something else');
  const lines = linesOf(body);
  const head = fieldsOf(parsed(String(lines.next().value ?? '')));
  const master = textOf(head.master);
  const domain = textOf(head.domain);
  const savedAtMs = timeOf(head.savedAtMs);
  const heardAtMs = timeOf(head.heardAtMs);
  if (head.kind !== keptKind) return unusable('it is something else');
  if (head.version !== keptVersion) {
    return unusable(`it has version ${JSON.stringify(head.version)} of the format, known is ${keptVersion}`);
  }
  if (master === undefined || domain === undefined || savedAtMs === undefined || heardAtMs === undefined) {
    return unusable('its first line does not say whose it is and when it was written');
  }
  const agents: ViewAgent[] = [];
  const frameworks: ViewFramework[] = [];
  const tasks: ViewTask[] = [];
  const hostAddresses: [string, string[]][] = [];
  const standings: KeptStanding[] = [];
  for (const line of lines) {
    const fields = fieldsOf(parsed(line));
    const host = textOf(fields.host);
    const agent = agentOf(fields.agent);
    const framework = frameworkOf(fields.framework);
    const task = taskOf(fields.task);
    const standing = standingOf(fields.standing);
    if (host !== undefined) hostAddresses.push([host, textsOf(fields.addresses)]);
    if (agent !== undefined) agents.push(agent);
    if (framework !== undefined) frameworks.push(framework);
    if (task !== undefined) tasks.push(task);
    if (standing !== undefined) standings.push(standing);
  }
  const cluster: KeptCluster = {
    agents,
    frameworks,
    tasks,
    hostAddresses,
    standings,
    leader: hostPortOf(head.leader),
    masters: textsOf(head.masters),
  };
  return { type: 'kept', whose: { master, domain }, times: { savedAtMs, heardAtMs }, cluster };
}
