import { messageOf, UsageError } from '../../common/errors.js';
import type { Range, Resource } from '../../mesos/types.js';
import { parseResources, type Resources } from '../resources.js';
import { wireResources } from '../resource-forms.js';

const scalarPattern = /^\d+(?:\.\d+)?$/;
const maxPort = 65_535;

function fail(text: string, why: string): never {
  throw new UsageError(`--resources: ${JSON.stringify(text)} ${why}`);
}

/** `[1-5, 9-9]` as ranges; undefined when it is not of that form. */
export function parseRanges(text: string): readonly Range[] | undefined {
  const inner = /^\[(.*)\]$/.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const ranges: Range[] = [];
  for (const part of inner.split(',')) {
    const match = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(part);
    const begin = Number(match?.[1]);
    const end = Number(match?.[2]);
    if (match === null || begin > end || !Number.isSafeInteger(end)) return undefined;
    ranges.push({ begin, end });
  }
  return ranges;
}

function parseResource(text: string): Resource {
  const colon = text.indexOf(':');
  const head = /^([A-Za-z0-9_.-]+)\s*(?:\(([^()]+)\))?$/.exec(text.slice(0, Math.max(0, colon)).trim());
  if (head === null) fail(text, 'is not of the form name:value, for example cpus:2 or ports:[31000-32000]');
  const name = head[1] as string;
  const role = head[2]?.trim();
  const value = text.slice(colon + 1).trim();
  const reserved = role === undefined || role === '*' ? {} : { reservations: [{ type: 'STATIC', role }] };
  if (scalarPattern.test(value)) return { name, type: 'SCALAR', scalar: { value: Number(value) }, ...reserved };
  const range = parseRanges(value);
  if (range !== undefined) return { name, type: 'RANGES', ranges: { range }, ...reserved };
  const items = /^\{(.*)\}$/
    .exec(value)?.[1]
    ?.split(',')
    .map((item) => item.trim());
  if (items?.every((item) => item !== '') === true) return { name, type: 'SET', set: { item: items }, ...reserved };
  return fail(text, 'has no value like 2, 0.5, [31000-32000] or {a,b}');
}

function parseJson(text: string): readonly Resource[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--resources: it begins like a JSON array, but is none: ${messageOf(error)}`);
  }
  const isResource = (item: unknown): boolean =>
    typeof item === 'object' && item !== null && 'name' in item && typeof item.name === 'string' && item.name !== '';
  if (!Array.isArray(value) || !value.every(isResource)) {
    throw new UsageError('--resources: the JSON must be an array of Resource objects with name, type and value');
  }
  return value as readonly Resource[];
}

/** What is wrong with the kinds and bounds of well-known resources; undefined when nothing is. */
function problemOf(resource: Resource): string | undefined {
  const { name, type } = resource;
  if (['cpus', 'mem', 'disk', 'gpus'].includes(name) && type !== 'SCALAR') return `${name} must be a number`;
  if (name !== 'ports') return undefined;
  if (type !== 'RANGES') return 'ports must be ranges, for example ports:[31000-32000]';
  const beyond = resource.ranges?.range.find(({ end }) => end > maxPort);
  return beyond === undefined ? undefined : `ports end at ${maxPort}, not at ${beyond.end}`;
}

/**
 * Reads `--resources` in Mesos' notation: `cpus:2;mem:4096;ports(role):[31000-32000,33000-33100]`, or a JSON array of Resource.
 * Several parts of one name and role add up. What is left out is left out here, too. Throws UsageError that names the flag.
 */
export function parseResourcesFlag(text: string): Resources {
  const trimmed = text.trim();
  const list = trimmed.startsWith('[')
    ? parseJson(trimmed)
    : trimmed
        .split(';')
        .filter((part) => part.trim() !== '')
        .map((part) => parseResource(part.trim()));
  for (const resource of list) {
    const problem = problemOf(resource);
    if (problem !== undefined) throw new UsageError(`--resources: ${problem}`);
  }
  try {
    return parseResources(list);
  } catch (error) {
    throw new UsageError(`--resources: ${messageOf(error)}`);
  }
}

/** What this machine has, in Mesos' units: MiB for mem and disk. */
export interface MachineFacts {
  readonly cpus: number;
  readonly memMib: number;
  readonly diskMib: number;
}

/** Mesos' defaults: a GiB of memory and 5 GiB of disk are left to the system; where that would be too much, half. */
export function detectedResources(machine: MachineFacts): readonly Resource[] {
  const memMib = machine.memMib >= 2048 ? machine.memMib - 1024 : machine.memMib / 2;
  const diskMib = machine.diskMib >= 10_240 ? machine.diskMib - 5120 : machine.diskMib / 2;
  return [
    { name: 'cpus', type: 'SCALAR', scalar: { value: machine.cpus } },
    { name: 'mem', type: 'SCALAR', scalar: { value: Math.floor(memMib) } },
    { name: 'disk', type: 'SCALAR', scalar: { value: Math.floor(diskMib) } },
    { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31_000, end: 32_000 }] } },
  ];
}

/** The agent's resources: those of the flag, and what was detected for the names that it leaves out. */
export function completeResources(flag: Resources, machine: MachineFacts): Resources {
  const named = new Set([...flag.values()].map(({ name }) => name));
  const missing = detectedResources(machine).filter(({ name }) => !named.has(name));
  return parseResources([...missing, ...wireResources(flag, { withRole: false })]);
}
