import type { ErrorDetail } from '../../http/api-error.js';
import type { Path } from './json-value.js';

/** The tabs of the form, in their order. */
export const tabs = [
  { id: 'general', text: 'General' },
  { id: 'docker', text: 'Docker' },
  { id: 'ports', text: 'Ports' },
  { id: 'env', text: 'Environment' },
  { id: 'labels', text: 'Labels' },
  { id: 'health', text: 'Health checks' },
  { id: 'volumes', text: 'Volumes' },
  { id: 'constraints', text: 'Constraints' },
  { id: 'optional', text: 'Optional' },
] as const;

export type TabId = (typeof tabs)[number]['id'];

/** The fields of each tab, by where their values are in the definition; `*`: any element or name. */
const fieldsOfTab: Readonly<Record<TabId, readonly string[]>> = {
  general: ['id', 'cmd', 'args', 'args.*', 'cpus', 'mem', 'disk', 'gpus', 'instances'],
  docker: [
    'container',
    'container.docker',
    'container.docker.image',
    'container.docker.forcePullImage',
    'container.docker.privileged',
    'container.docker.parameters',
    'container.docker.parameters.*.key',
    'container.docker.parameters.*.value',
    'container.docker.pullConfig',
    'networks',
    'networks.*.name',
  ],
  ports: [
    'requirePorts',
    'portDefinitions',
    'portDefinitions.*',
    'portDefinitions.*.port',
    'portDefinitions.*.name',
    'portDefinitions.*.protocol',
    'portDefinitions.*.labels',
    'container.portMappings',
    'container.portMappings.*',
    'container.portMappings.*.containerPort',
    'container.portMappings.*.hostPort',
    'container.portMappings.*.servicePort',
    'container.portMappings.*.name',
    'container.portMappings.*.protocol',
    'container.portMappings.*.labels',
  ],
  env: ['env', 'env.*', 'secrets', 'secrets.*'],
  labels: ['labels', 'labels.*'],
  health: [
    'healthChecks',
    'healthChecks.*',
    ...[
      'protocol',
      'path',
      'portIndex',
      'port',
      'command',
      'gracePeriodSeconds',
      'intervalSeconds',
      'timeoutSeconds',
      'maxConsecutiveFailures',
      'delaySeconds',
      'ignoreHttp1xx',
      'ipProtocol',
    ].map((name) => `healthChecks.*.${name}`),
  ],
  volumes: [
    'container.volumes',
    'container.volumes.*',
    ...[
      'containerPath',
      'hostPath',
      'mode',
      'secret',
      'persistent',
      'persistent.size',
      'persistent.type',
      'external',
    ].map((name) => `container.volumes.*.${name}`),
  ],
  constraints: [
    'constraints',
    'constraints.*',
    'dependencies',
    'dependencies.*',
    'acceptedResourceRoles',
    'acceptedResourceRoles.*',
    'role',
  ],
  optional: [
    'fetch',
    'fetch.*',
    'fetch.*.uri',
    'fetch.*.destPath',
    'storeUrls',
    'user',
    'executor',
    'backoffSeconds',
    'backoffFactor',
    'maxLaunchDelaySeconds',
    'upgradeStrategy',
    'upgradeStrategy.minimumHealthCapacity',
    'upgradeStrategy.maximumOverCapacity',
    'taskKillGracePeriodSeconds',
    'killSelection',
    'unreachableStrategy',
    'unreachableStrategy.inactiveAfterSeconds',
    'unreachableStrategy.expungeAfterSeconds',
    'readinessChecks',
    'readinessChecks.*',
    'check',
    'resourceLimits',
    'resourceLimits.cpus',
    'resourceLimits.mem',
  ],
};

const patterns = tabs.flatMap(({ id }) => fieldsOfTab[id].map((field) => ({ tab: id, parts: field.split('.') })));

/** The place that one of Marathon's paths names: `/healthChecks(0)/path` is `['healthChecks', 0, 'path']`; `/` is `[]`. */
export function placeOf(path: string): Path {
  const parts = path.matchAll(/\/("(?:[^"\\]|\\.)*"|[^/("]*)|\((\d+)\)|\("([^"]*)"\)/g);
  return [...parts].flatMap(([, name, index, quoted]): (string | number)[] => {
    if (index !== undefined) return [Number(index)];
    if (quoted !== undefined) return [quoted];
    if (name === undefined || name === '') return [];
    return [name.startsWith('"') ? nameIn(name) : name];
  });
}

function nameIn(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

/** A place of the old forms as the one where the form shows it (`withoutOldForms`). */
function newerPlace(place: Path): Path {
  const [first, second, third, ...rest] = place;
  if (first === 'ports') return second === undefined ? ['portDefinitions'] : ['portDefinitions', second, 'port'];
  if (first === 'uris') return second === undefined ? ['fetch'] : ['fetch', second, 'uri'];
  if (first === 'ipAddress') return ['networks'];
  if (first === 'container' && second === 'docker') {
    if (third === 'network') return ['networks'];
    if (third === 'portMappings') return ['container', 'portMappings', ...rest];
  }
  return place;
}

/** The name of a field by its place: `healthChecks.0.path`. */
export function fieldName(place: Path): string {
  return place.join('.');
}

/** The field that shows what is wrong at a place: itself, or what it is a part of. Undefined: the form has none. */
export function fieldAt(place: Path): { readonly tab: TabId; readonly field: string } | undefined {
  const parts = newerPlace(place);
  let found: { readonly tab: TabId; readonly field: string } | undefined;
  let length = 0;
  for (const { tab, parts: pattern } of patterns) {
    const fits =
      pattern.length <= parts.length && pattern.every((part, index) => part === '*' || part === parts[index]);
    if (fits && pattern.length > length) {
      length = pattern.length;
      found = { tab, field: fieldName(parts.slice(0, length)) };
    }
  }
  return found;
}

/** What is wrong with a definition, by where the form shows it. */
export interface FieldErrors {
  readonly byField: ReadonlyMap<string, readonly string[]>;
  /** How many are in each tab. */
  readonly byTab: ReadonlyMap<TabId, number>;
  /** What no field is about. */
  readonly others: readonly ErrorDetail[];
}

/** Play's words for what is wrong with a value, which Marathon's API uses, in English. */
const words: readonly (readonly [RegExp, string])[] = [
  [/^error\.path\.missing$/, 'is required'],
  [/^error\.minLength$/, 'must not be empty'],
  [/^error\.maxLength$/, 'is too long'],
  [/^error\.min$/, 'is too small'],
  [/^error\.max$/, 'is too large'],
  [/^error\.pattern$/, 'is not written as it must be'],
  [/^error\.unknown\.enum\.literal$/, 'is none of the known words'],
  [/^error\.expected\.jsstring$/, 'must be a text'],
  [/^error\.expected\.jsnumber$/, 'must be a number'],
  [/^error\.expected\.(?:int|jsinteger|long)$/, 'must be a whole number'],
  [/^error\.expected\.jsboolean$/, 'must be true or false'],
  [/^error\.expected\.jsarray$/, 'must be an array'],
  [/^error\.expected\.jsobject$/, 'must be an object'],
];

/** An error in words; what the server says in words stays as it is. */
export function errorText(error: string): string {
  const found = words.find(([pattern]) => pattern.test(error));
  return found === undefined ? error : `${found[1]} (${error})`;
}

/** The texts of one place in words. That something is not written as it must be goes without saying where it is said how it must be. */
function texts(errors: readonly string[]): string[] {
  const isSaid = errors.some((error) => error.startsWith('must fully match'));
  return errors.filter((error) => !isSaid || error !== 'error.pattern').map(errorText);
}

/** Sorts errors by the fields that show them. `errors`: of the server, or `checkApp`. The same text beside the same field counts once. */
export function fieldErrors(errors: readonly ErrorDetail[]): FieldErrors {
  const byField = new Map<string, string[]>();
  const byTab = new Map<TabId, number>();
  const others: ErrorDetail[] = [];
  for (const { path, errors: given } of errors) {
    const found = fieldAt(placeOf(path));
    if (found === undefined) {
      others.push({ path, errors: texts(given) });
      continue;
    }
    const known = byField.get(found.field) ?? [];
    const fresh = texts(given).filter((text) => !known.includes(text));
    byField.set(found.field, [...known, ...fresh]);
    byTab.set(found.tab, (byTab.get(found.tab) ?? 0) + fresh.length);
  }
  return { byField, byTab, others };
}
