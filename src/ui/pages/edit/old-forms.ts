import { isArray, isObject, memberOf, valueAt, withValue } from './json-value.js';
import type { Json, JsonObject } from './json-value.js';

/** How an app's instances are reached: Marathon's modes of a network. */
export type NetworkMode = 'host' | 'container/bridge' | 'container';

/** What Mesos' fetcher unpacks of the old `uris`, by how their names end. */
const archive = /\.(?:tgz|tbz2|txz|zip|gz|xz|tar|tar\.bz2)$/;

function listOf(value: Json | undefined): readonly Json[] {
  return isArray(value) ? value : [];
}

/** The app with a member taken away or replaced by another one in the same place, so that what is around it does not move. */
function replaced(app: JsonObject, name: string, other: string, value: Json): JsonObject {
  const entries = Object.entries(app).filter(([one]) => one !== other);
  return Object.fromEntries(entries.map(([one, old]): [string, Json] => (one === name ? [other, value] : [one, old])));
}

/** The app with `fetch` instead of `uris`. */
export function withFetch(app: JsonObject): JsonObject {
  const uris = memberOf(app, 'uris');
  if (!isArray(uris)) return app;
  if (memberOf(app, 'fetch') !== undefined) return app;
  const fetch = uris.map((uri): Json => {
    const text = typeof uri === 'string' ? uri : '';
    return { uri, extract: archive.test(text.replace(/[?#].*$/s, '')) };
  });
  return replaced(app, 'uris', 'fetch', fetch);
}

function oldNetworks(app: JsonObject): readonly Json[] | undefined {
  const ipAddress = memberOf(app, 'ipAddress');
  const name = memberOf(ipAddress, 'networkName');
  const labels = memberOf(ipAddress, 'labels');
  const network = (mode: NetworkMode): Json => ({
    mode,
    ...(mode === 'container' && name !== undefined ? { name } : {}),
    ...(labels === undefined ? {} : { labels }),
  });
  switch (valueAt(app, ['container', 'docker', 'network'])) {
    case 'HOST':
    case 'NONE':
      return [{ mode: 'host' }];
    case 'BRIDGE':
      return [network('container/bridge')];
    case 'USER':
      return [network('container')];
    default:
      return isObject(ipAddress) ? [network('container')] : undefined;
  }
}

/** How the instances of an app are reached; several networks are always of mode `container`. */
export function networkMode(app: JsonObject): NetworkMode {
  const networks = memberOf(app, 'networks');
  const [first] = isArray(networks) ? networks : (oldNetworks(app) ?? []);
  const mode = memberOf(first, 'mode') ?? (first === undefined ? 'host' : 'container');
  return mode === 'container/bridge' || mode === 'container' ? mode : 'host';
}

/**
 * The app with `networks`, `portDefinitions` and `container.portMappings` instead of what said the same before Marathon 1.5: `ports`,
 * `ipAddress`, `container.docker.network` and `container.docker.portMappings` (marathon.md §4). Where both stand, the newer one does.
 */
export function withNetworks(app: JsonObject): JsonObject {
  const isHost = networkMode(app) === 'host';
  const networks = memberOf(app, 'networks') ?? oldNetworks(app);
  const ports = memberOf(app, 'ports');
  const docker = valueAt(app, ['container', 'docker']);
  const oldMappings = memberOf(docker, 'portMappings');
  const discovered = valueAt(app, ['ipAddress', 'discovery', 'ports']);
  let next: JsonObject = app;

  if (isObject(docker) && (memberOf(docker, 'network') !== undefined || oldMappings !== undefined)) {
    const { network: _, portMappings: _mappings, ...rest } = docker;
    next = withValue(next, ['container', 'docker'], rest) as JsonObject;
  }
  const found = isArray(discovered)
    ? discovered.map((port): Json => {
        const { number = 0, ...rest } = isObject(port) ? port : {};
        return { containerPort: number, ...rest };
      })
    : undefined;
  const mappings = valueAt(app, ['container', 'portMappings']) ?? (isHost ? undefined : (oldMappings ?? found));
  const missing = isHost ? [] : listOf(ports).slice(listOf(mappings).length);
  const all =
    missing.length === 0
      ? mappings
      : [...listOf(mappings), ...missing.map((servicePort): Json => ({ containerPort: 0, hostPort: 0, servicePort }))];
  if (all !== undefined && all !== valueAt(app, ['container', 'portMappings'])) {
    if (memberOf(next, 'container') === undefined) next = { ...next, container: { type: 'MESOS' } };
    next = withValue(next, ['container', 'portMappings'], all) as JsonObject;
  }
  if (isArray(ports)) {
    next =
      isHost && memberOf(next, 'portDefinitions') === undefined
        ? replaced(
            next,
            'ports',
            'portDefinitions',
            ports.map((port) => ({ port })),
          )
        : (withValue(next, ['ports'], undefined) as JsonObject);
  }
  next = withValue(next, ['ipAddress'], undefined) as JsonObject;
  return networks === undefined || memberOf(next, 'networks') !== undefined ? next : { ...next, networks };
}

/** The app in the forms that Marathon has had since 1.5, as the form shows it. What means nothing else is untouched. */
export function withoutOldForms(app: JsonObject): JsonObject {
  return withFetch(withNetworks(app));
}

/** The members that the old forms are about: whoever edits one of them writes all of them in their newer form. */
const networkMembers = new Set(['networks', 'portDefinitions', 'requirePorts']);

/** The app as it must be before something at a path of `withoutOldForms` is edited; the same one where nothing old concerns the path. */
export function readyForEdit(app: JsonObject, path: readonly (string | number)[]): JsonObject {
  const [first, second] = path;
  if (first === 'fetch') return withFetch(app);
  // Without a container, one that old forms make is shown
  const isAboutPorts = first === 'container' && (second === 'portMappings' || memberOf(app, 'container') === undefined);
  return networkMembers.has(String(first)) || isAboutPorts ? withNetworks(app) : app;
}
