import { isArray, isObject, memberOf, valueAt, withValue } from './json-value.js';
import type { Json, JsonObject } from './json-value.js';
import { networkMode, withNetworks } from './old-forms.js';
import type { NetworkMode } from './old-forms.js';

/** Where the ports of an app are told, by its network: the host's, or those of its container. */
export function portsPath(mode: NetworkMode): readonly string[] {
  return mode === 'host' ? ['portDefinitions'] : ['container', 'portMappings'];
}

/** A port of one kind as one of the other: its name, protocol, labels and service port stay. */
function mappingOf(definition: Json): Json {
  const { port, ...rest } = isObject(definition) ? definition : {};
  return { containerPort: 0, hostPort: 0, ...(port === undefined ? {} : { servicePort: port }), ...rest };
}

function definitionOf(mapping: Json): Json {
  const { servicePort = 0, name, protocol, labels } = isObject(mapping) ? mapping : {};
  return {
    port: servicePort,
    ...(name === undefined ? {} : { name }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(labels === undefined ? {} : { labels }),
  };
}

/**
 * The app in another network mode. Its ports move to where that mode has them: the server takes them only there. Labels of the network go,
 * since the host's may have none.
 */
export function withNetworkMode(app: JsonObject, mode: NetworkMode): JsonObject {
  if (networkMode(app) === mode) return app;
  let next = withNetworks(app);
  const from = portsPath(networkMode(next));
  const to = portsPath(mode);
  next = { ...next, networks: [{ mode }] };
  if (from.join() === to.join()) return next;
  const ports = valueAt(next, from);
  next = withValue(next, from, undefined) as JsonObject;
  if (!isArray(ports)) return next;
  if (mode === 'host') return { ...next, portDefinitions: ports.map(definitionOf) };
  if (memberOf(next, 'container') === undefined) next = { ...next, container: { type: 'MESOS' } };
  return withValue(next, to, ports.map(mappingOf)) as JsonObject;
}

/** What runs the command: nothing but the sandbox, or an image by Docker or by Mesos. */
export type Engine = 'none' | 'docker' | 'mesos';

export function engineOf(app: JsonObject): Engine {
  const container = memberOf(app, 'container');
  if (!isObject(container)) return 'none';
  const type = memberOf(container, 'type');
  if (memberOf(container, 'docker') !== undefined) return type === 'MESOS' ? 'mesos' : 'docker';
  return type === 'DOCKER' ? 'docker' : 'none';
}

/** The app with another engine; volumes and ports of the container stay. */
export function withEngine(app: JsonObject, engine: Engine): JsonObject {
  const container = memberOf(app, 'container');
  const given = isObject(container) ? container : {};
  if (engine !== 'none') {
    const docker = memberOf(given, 'docker') ?? { image: '' };
    return { ...app, container: { ...given, type: engine === 'docker' ? 'DOCKER' : 'MESOS', docker } };
  }
  const { docker: _, type: _type, ...rest } = given;
  const isEmpty = Object.values(rest).every((member) => isArray(member) && member.length === 0);
  if (isEmpty) return withValue(app, ['container'], undefined) as JsonObject;
  return { ...app, container: { type: 'MESOS', ...rest } };
}

/** How the command is given: a line that a shell runs, or arguments as they are. */
export type CommandKind = 'cmd' | 'args';

export function commandKindOf(app: JsonObject): CommandKind {
  const args = memberOf(app, 'args');
  return memberOf(app, 'cmd') === undefined && isArray(args) && args.length > 0 ? 'args' : 'cmd';
}

/** The app with its command in the other form: the server takes one of them only. */
export function withCommandKind(app: JsonObject, kind: CommandKind): JsonObject {
  const { cmd, args, ...rest } = app;
  const words = isArray(args) ? args.map(String) : [];
  if (kind === 'args') return { ...rest, args: words.length > 0 ? words : [typeof cmd === 'string' ? cmd : ''] };
  return words.length === 0 ? rest : { ...rest, cmd: words.join(' ') };
}
