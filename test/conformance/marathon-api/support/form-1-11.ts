import { isObject, objectsIn } from './json.js';
import type { JsonObject } from './json.js';

/** Endings by which Mesos' fetcher knows archives, in the examples. */
const archive = /\.(?:zip|tgz|tar\.gz)$/;

const networkModes: Readonly<Record<string, string>> = { BRIDGE: 'container/bridge', HOST: 'host' };

function without(object: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** A port that is 0 gets a number, so nothing can be said about it. */
function portDefinitionOf(port: number): JsonObject {
  return { ...(port === 0 ? {} : { port }), protocol: 'tcp' };
}

/**
 * An app as 1.11 shows it where its definition uses the old forms (marathon.md §4): `uris`, `ports`, `docker.network`,
 * `docker.portMappings`. Written from the reference and without our own conversion, which it is to check.
 */
export function in111(app: JsonObject): JsonObject {
  const given = isObject(app['container']) ? app['container'] : undefined;
  const docker = isObject(given?.['docker']) ? given['docker'] : undefined;
  const network = typeof docker?.['network'] === 'string' ? docker['network'] : undefined;
  const mode = network === undefined ? undefined : networkModes[network];
  const uris = Array.isArray(app['uris']) ? (app['uris'] as readonly string[]) : [];
  const ports = Array.isArray(app['ports']) ? (app['ports'] as readonly number[]) : [];
  const isHost = mode === undefined || mode === 'host';
  const container = given && {
    ...given,
    ...(docker === undefined ? {} : { docker: without(docker, 'network', 'portMappings') }),
    ...(docker?.['portMappings'] === undefined ? {} : { portMappings: docker['portMappings'] }),
  };
  return {
    ...without(app, 'uris', 'ports', 'container'),
    ...(container === undefined ? {} : { container }),
    ...(mode === undefined ? {} : { networks: [{ mode }] }),
    ...(uris.length === 0
      ? {}
      : { fetch: uris.map((uri) => ({ uri, extract: archive.test(uri), executable: false, cache: false })) }),
    ...(isHost && ports.length > 0 ? { portDefinitions: ports.map(portDefinitionOf) } : {}),
  };
}

/** A group with every app in it in 1.11's form. */
export function groupIn111(group: JsonObject): JsonObject {
  return {
    ...group,
    ...(group['apps'] === undefined ? {} : { apps: objectsIn(group['apps']).map(in111) }),
    ...(group['groups'] === undefined ? {} : { groups: objectsIn(group['groups']).map(groupIn111) }),
  };
}

/** Members by which Marathon tells what becomes of an app or group, and which no request may or need say. */
export const runtimeMembers: readonly string[] = [
  'version',
  'versionInfo',
  'tasksStaged',
  'tasksRunning',
  'tasksHealthy',
  'tasksUnhealthy',
  'deployments',
];

/** A definition as it would be sent: what only answers have is left out, at every depth of groups. */
export function asSent(definition: JsonObject): JsonObject {
  const sent = without(definition, ...runtimeMembers);
  return {
    ...sent,
    ...(sent['apps'] === undefined ? {} : { apps: objectsIn(sent['apps']).map(asSent) }),
    ...(sent['groups'] === undefined ? {} : { groups: objectsIn(sent['groups']).map(asSent) }),
  };
}
