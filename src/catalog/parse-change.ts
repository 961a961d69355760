import { hasValidSegments, resolvePathId } from '../common/path-id.js';
import type { CatalogApp, CatalogChange, CatalogHealthCheck, CatalogInstance, CatalogPort } from './types.js';

/** What is wrong with a part of the body: `path` is where (`/apps/0/id`). */
export interface Fault {
  readonly path: string;
  readonly errors: readonly string[];
}

/** A body that is no catalog change, or more than can be planned at a time. */
export class PlanError extends Error {
  readonly details: readonly Fault[];

  constructor(message: string, details: readonly Fault[] = []) {
    super(message);
    this.name = 'PlanError';
    this.details = details;
  }
}

/** So many apps, and so many instances, are planned at a time: it is done at one go, next to the work of the edge. */
export const maxPlanned = 1_000;
const maxPorts = 1_024;
/** Elements of all lists of a body: each port of each app and instance has several records. */
const maxElements = 20_000;
const maxFaults = 20;
/** Of ids, names and addresses. */
const maxTextLength = 1_000;
/** Of the values of labels and variables. */
const maxValueLength = 100_000;

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads values of a document and notes what is wrong, instead of stopping at the first fault. */
class Reader {
  readonly faults: Fault[] = [];
  #elements = 0;

  fault(path: string, error: string): void {
    if (this.faults.length < maxFaults) this.faults.push({ path, errors: [error] });
  }

  /** The elements of a list that may be absent. */
  list<T>(value: unknown, path: string, limit: number, read: (value: unknown, path: string) => T): T[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.fault(path, 'must be an array');
      return [];
    }
    if (value.length > limit) {
      this.fault(path, `has ${value.length} elements: at most ${limit} are possible`);
      return [];
    }
    this.#elements += value.length;
    if (this.#elements > maxElements) {
      this.fault(path, `makes more than ${maxElements} elements in all: plan less at a time`);
      return [];
    }
    return value.map((item, i) => read(item, `${path}/${i}`));
  }

  fields(value: unknown, path: string): Fields {
    if (isRecord(value)) return value;
    this.fault(path, 'must be an object');
    return {};
  }

  /** `otherwise` undefined: it must be there. */
  text(value: unknown, path: string, otherwise?: string): string {
    if ((value === undefined || value === null) && otherwise !== undefined) return otherwise;
    if (typeof value !== 'string' || (value === '' && otherwise === undefined)) {
      this.fault(path, value === undefined ? 'is missing' : 'must be a text that is not empty');
    } else if (value.length <= maxTextLength) {
      return value;
    } else {
      this.fault(path, `is longer than ${maxTextLength} characters`);
    }
    return '';
  }

  /** Labels or variables, which may be absent. */
  texts(value: unknown, path: string): Readonly<Record<string, string>> {
    if (value === undefined || value === null) return {};
    const entries = Object.entries(this.fields(value, path));
    this.#elements += entries.length;
    if (this.#elements > maxElements) {
      this.fault(path, `makes more than ${maxElements} elements in all: plan less at a time`);
      return {};
    }
    const read: (readonly [string, string])[] = [];
    for (const [name, text] of entries) {
      if (typeof text !== 'string') this.fault(`${path}/${name.slice(0, maxTextLength)}`, 'must be a text');
      else if (text.length > maxValueLength) this.fault(path, `has a value of more than ${maxValueLength} characters`);
      else read.push([name, text]);
    }
    return Object.fromEntries(read);
  }

  integer(value: unknown, path: string, max: number, otherwise?: number): number {
    if ((value === undefined || value === null) && otherwise !== undefined) return otherwise;
    if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max) return Number(value);
    this.fault(path, value === undefined ? 'is missing' : `must be an integer from 0 to ${max}`);
    return 0;
  }

  /** The absolute form of an id. */
  pathId(value: unknown, path: string): string {
    const id = this.text(value, path);
    if (id !== '' && !hasValidSegments(id)) {
      this.fault(path, 'must consist of lower case letters, digits, "-" and ".", with "/" between the parts');
    }
    return resolvePathId(id);
  }
}

const maxPort = 65_535;

function portOf(reader: Reader, value: unknown, path: string): CatalogPort {
  const { servicePort, protocol, name, containerPort, labels } = reader.fields(value, path);
  return {
    servicePort: reader.integer(servicePort, `${path}/servicePort`, maxPort, 0),
    protocol: reader.text(protocol, `${path}/protocol`, 'tcp'),
    ...(name === undefined || name === null ? {} : { name: reader.text(name, `${path}/name`) }),
    ...(containerPort === undefined || containerPort === null
      ? {}
      : { containerPort: reader.integer(containerPort, `${path}/containerPort`, maxPort) }),
    labels: reader.texts(labels, `${path}/labels`),
  };
}

/** Marathon's defaults stand for what is left out. */
function healthCheckOf(reader: Reader, value: unknown, path: string): CatalogHealthCheck {
  const fields = reader.fields(value, path);
  const number = (name: string, max: number, otherwise: number): number =>
    reader.integer(fields[name], `${path}/${name}`, max, otherwise);
  const optional = (name: string): number | undefined =>
    fields[name] === undefined || fields[name] === null ? undefined : number(name, maxPort, 0);
  const [portIndex, port] = [optional('portIndex'), optional('port')];
  return {
    protocol: reader.text(fields['protocol'], `${path}/protocol`, 'HTTP'),
    ...(fields['path'] === undefined || fields['path'] === null
      ? {}
      : { path: reader.text(fields['path'], `${path}/path`, '') }),
    ...(portIndex === undefined ? {} : { portIndex }),
    ...(port === undefined ? {} : { port }),
    intervalSeconds: number('intervalSeconds', Number.MAX_SAFE_INTEGER, 60),
    timeoutSeconds: number('timeoutSeconds', Number.MAX_SAFE_INTEGER, 20),
    maxConsecutiveFailures: number('maxConsecutiveFailures', Number.MAX_SAFE_INTEGER, 3),
  };
}

function appOf(reader: Reader, value: unknown, path: string): CatalogApp {
  const { id, version, instances, labels, env, ports, healthChecks, lastScalingAt } = reader.fields(value, path);
  return {
    id: reader.pathId(id, `${path}/id`),
    version: reader.text(version, `${path}/version`, ''),
    instances: reader.integer(instances, `${path}/instances`, Number.MAX_SAFE_INTEGER, 1),
    labels: reader.texts(labels, `${path}/labels`),
    env: reader.texts(env, `${path}/env`),
    ports: reader.list(ports, `${path}/ports`, maxPorts, (port, at) => portOf(reader, port, at)),
    healthChecks: reader.list(healthChecks, `${path}/healthChecks`, maxPorts, (check, at) =>
      healthCheckOf(reader, check, at),
    ),
    ...(lastScalingAt === undefined || lastScalingAt === null
      ? {}
      : { lastScalingAt: reader.text(lastScalingAt, `${path}/lastScalingAt`) }),
  };
}

function flagOf(reader: Reader, value: unknown, path: string): boolean | undefined {
  if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined;
  reader.fault(path, 'must be true or false');
  return undefined;
}

function instanceOf(reader: Reader, value: unknown, path: string): CatalogInstance {
  const fields = reader.fields(value, path);
  const number = (one: unknown, at: string): number => reader.integer(one, at, maxPort);
  const isChecked = flagOf(reader, fields.isChecked, `${path}/isChecked`);
  const { containerPorts } = fields;
  return {
    taskId: reader.text(fields.taskId, `${path}/taskId`),
    appId: reader.pathId(fields.appId, `${path}/appId`),
    version: reader.text(fields.version, `${path}/version`, ''),
    agentId: reader.text(fields.agentId, `${path}/agentId`),
    host: reader.text(fields.host, `${path}/host`),
    ipAddresses: reader.list(fields.ipAddresses, `${path}/ipAddresses`, maxPorts, (one, at) => reader.text(one, at)),
    ports: reader.list(fields.ports, `${path}/ports`, maxPorts, number),
    ...(containerPorts === undefined || containerPorts === null
      ? {}
      : { containerPorts: reader.list(containerPorts, `${path}/containerPorts`, maxPorts, number) }),
    healthy: flagOf(reader, fields.healthy, `${path}/healthy`) ?? null,
    ...(isChecked === undefined ? {} : { isChecked }),
    ...(flagOf(reader, fields.draining, `${path}/draining`) === true ? { draining: true } : {}),
    ...(flagOf(reader, fields.ready, `${path}/ready`) === false ? { ready: false } : {}),
    ...(flagOf(reader, fields.unreachable, `${path}/unreachable`) === true ? { unreachable: true } : {}),
    startedAt: reader.text(fields.startedAt, `${path}/startedAt`, ''),
  };
}

const known = ['apps', 'removedApps', 'instances', 'removedInstances'];

/**
 * Reads the body of `POST /ekiden/v1/plan`: a CatalogChange, of which anything may be left out that has an obvious default. Throws PlanError
 * with all that is wrong.
 */
export function parseChange(body: unknown): CatalogChange {
  if (typeof body !== 'string') throw new PlanError('a catalog change is needed: {"apps": […], "removedApps": […], …}');
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    throw new PlanError('the body is not JSON');
  }
  if (!isRecord(document)) throw new PlanError('the body is not a JSON object');
  const reader = new Reader();
  for (const field of Object.keys(document)) {
    if (!known.includes(field)) reader.fault(`/${field.slice(0, maxTextLength)}`, `is none of ${known.join(', ')}`);
  }
  const { apps, removedApps, instances, removedInstances } = document;
  const change: CatalogChange = {
    apps: reader.list(apps, '/apps', maxPlanned, (app, at) => appOf(reader, app, at)),
    removedApps: reader.list(removedApps, '/removedApps', maxPlanned, (id, at) => reader.pathId(id, at)),
    instances: reader.list(instances, '/instances', maxPlanned, (one, at) => instanceOf(reader, one, at)),
    removedInstances: reader.list(removedInstances, '/removedInstances', maxPlanned, (id, at) => reader.text(id, at)),
  };
  if (reader.faults.length > 0) throw new PlanError('this is no catalog change', reader.faults);
  return change;
}
