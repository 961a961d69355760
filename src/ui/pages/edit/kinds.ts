import { countText } from '../../components/text.js';
import { isArray, isObject, memberOf, withValue } from './json-value.js';
import type { Json, JsonObject } from './json-value.js';

/** What a definition is of. */
export type DefinitionKind = 'app' | 'apps' | 'pod' | 'group';

/** What the editor is about: something new, or something that is there. */
export type Target =
  { readonly mode: 'create' } | { readonly mode: 'edit'; readonly kind: 'app' | 'pod'; readonly id: string };

/** What the server adds when it shows an app; in a definition it has no place. */
const shownOnly = new Set([
  'version',
  'versionInfo',
  'tasks',
  'tasksStaged',
  'tasksRunning',
  'tasksHealthy',
  'tasksUnhealthy',
  'deployments',
  'lastTaskFailure',
  'taskStats',
  'readinessCheckResults',
]);

/** A definition as it is edited: without what the server adds when it shows it. */
export function withoutShown(definition: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(definition).filter(([name]) => !shownOnly.has(name)));
}

/** What a JSON value is a definition of: a list of apps, a pod (it has containers), a group (it has apps or groups), or an app. */
export function kindOf(value: Json | undefined): DefinitionKind | undefined {
  if (isArray(value)) return 'apps';
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, 'containers')) return 'pod';
  if (Object.hasOwn(value, 'apps') || Object.hasOwn(value, 'groups') || Object.hasOwn(value, 'pods')) return 'group';
  return 'app';
}

function membersOf(group: Json): { readonly apps: number; readonly pods: number } {
  const length = (name: string): number => {
    const list = memberOf(group, name);
    return isArray(list) ? list.length : 0;
  };
  const groups = memberOf(group, 'groups');
  const inner = isArray(groups) ? groups.map(membersOf) : [];
  return {
    apps: inner.reduce((sum, { apps }) => sum + apps, length('apps')),
    pods: inner.reduce((sum, { pods }) => sum + pods, length('pods')),
  };
}

/** What a definition is, in words, and what becomes of it. */
export function kindText(value: Json | undefined, target: Target): string {
  const kind = kindOf(value);
  switch (kind) {
    case undefined:
      return 'This is no definition: an application, a pod and a group are JSON objects, several applications an array of them.';
    case 'app':
      return target.mode === 'create' ? 'An application (POST /v2/apps).' : 'An application (PUT /v2/apps).';
    case 'pod':
      return target.mode === 'create' ? 'A pod, since it has containers (POST /v2/pods).' : 'A pod (PUT /v2/pods).';
    case 'apps':
      return `${countText(isArray(value) ? value.length : 0, 'application')} at once (PUT /v2/apps): those that are new are created, the others changed.`;
    case 'group': {
      const { apps, pods } = membersOf(value ?? null);
      const what = [countText(apps, 'application'), ...(pods === 0 ? [] : [countText(pods, 'pod')])].join(' and ');
      return `A group with ${what} (PUT /v2/groups): what the group has now and is not in it is deleted.`;
    }
  }
}

/** A request that makes a definition so; `query` besides `force`. */
export interface DefinitionRequest {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly query: Readonly<Record<string, boolean | undefined>>;
  readonly body: Json;
  /** The body of `POST /ekiden/v1/plan`, which says what the request would do. */
  readonly plan: JsonObject;
}

function pathOf(id: string): string {
  return id.replace(/^\/+/, '').split('/').map(encodeURIComponent).join('/');
}

/** How a definition is sent, and planned. Undefined: there is none. An app is replaced as a whole, so that what is gone from it is gone. */
export function requestOf(value: Json | undefined, target: Target): DefinitionRequest | undefined {
  const kind = kindOf(value);
  if (value === undefined || kind === undefined) return undefined;
  if (isArray(value)) {
    const apps = value.map((app) => (isObject(app) ? withoutShown(app) : app));
    return { method: 'PUT', path: 'v2/apps', query: {}, body: apps, plan: { apps } };
  }
  if (!isObject(value)) return undefined;
  if (kind === 'group') {
    const group = withValue(value, ['version'], undefined) as JsonObject;
    return { method: 'PUT', path: 'v2/groups', query: {}, body: group, plan: { group } };
  }
  const collection = kind === 'pod' ? 'pods' : 'apps';
  const given = withoutShown(value);
  if (target.mode === 'create') {
    return { method: 'POST', path: `v2/${collection}`, query: {}, body: given, plan: { [kind]: given } };
  }
  const body = { id: target.id, ...given };
  const query = kind === 'app' ? { partialUpdate: false } : {};
  return { method: 'PUT', path: `v2/${collection}/${pathOf(target.id)}`, query, body, plan: { [kind]: body } };
}

/** An id as it is taken by the server when it stands in a definition of its own: absolute. */
export function absoluteId(id: string): string {
  const segments: string[] = [];
  for (const segment of id.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

function withoutServicePorts(ports: Json | undefined, name: string): Json | undefined {
  if (!isArray(ports)) return ports;
  return ports.map((port) => (isObject(port) && Object.hasOwn(port, name) ? { ...port, [name]: 0 } : port));
}

/**
 * A definition as the beginning of another app or pod. Service ports are given anew, since two apps cannot have the same one; those that
 * must be taken on the host stay.
 */
export function copyOf(definition: JsonObject): JsonObject {
  const given = withoutShown(definition);
  const id = memberOf(given, 'id');
  let copy: JsonObject = { ...given, id: `${typeof id === 'string' ? id : ''}-copy` };
  if (memberOf(copy, 'requirePorts') !== true) {
    const ports = withoutServicePorts(memberOf(copy, 'portDefinitions'), 'port');
    copy = withValue(copy, ['portDefinitions'], ports) as JsonObject;
  }
  const mappings = memberOf(memberOf(copy, 'container'), 'portMappings');
  if (mappings === undefined) return copy;
  return withValue(copy, ['container', 'portMappings'], withoutServicePorts(mappings, 'servicePort')) as JsonObject;
}
