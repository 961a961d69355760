import { fieldText } from '../../edit/form/form.js';
import { isArray, isObject, memberOf } from '../../edit/json-value.js';
import type { Json, JsonObject } from '../../edit/json-value.js';
import { tabs } from '../../edit/fields.js';

/** A line of a definition as it is read: a name, and a value in words or, of what has none, as JSON. */
export interface DefinitionRow {
  readonly name: string;
  readonly text: string;
  /** Code: a command, a value, JSON. */
  readonly isCode?: boolean;
}

export interface DefinitionSection {
  readonly title: string;
  readonly rows: readonly DefinitionRow[];
}

function list(value: Json | undefined): readonly Json[] {
  return isArray(value) ? value : [];
}

function code(name: string, value: Json | undefined): DefinitionRow[] {
  if (value === undefined || value === null || value === '') return [];
  const isPlain = typeof value !== 'object';
  return [{ name, text: isPlain ? String(value) : JSON.stringify(value, null, 2), isCode: true }];
}

function plain(name: string, value: Json | undefined, unit = ''): DefinitionRow[] {
  return value === undefined || value === null || value === '' ? [] : [{ name, text: `${fieldText(value)}${unit}` }];
}

function pairs(value: Json | undefined): DefinitionRow[] {
  if (!isObject(value)) return [];
  return Object.entries(value).map(([name, member]) => {
    const secret = memberOf(member, 'secret') ?? memberOf(member, 'source');
    const text = secret === undefined ? fieldText(member) : `the secret ${fieldText(secret)}`;
    return { name, text, isCode: secret === undefined };
  });
}

/** `http: service port 10000, tcp`. */
function portRow(port: Json, index: number, isHost: boolean, isRequired: boolean): DefinitionRow {
  const text = (name: string): string => fieldText(memberOf(port, name));
  const labels = memberOf(port, 'labels');
  const parts = isHost
    ? [`${isRequired ? 'host port' : 'service port'} ${text('port') || 'any'}`]
    : [
        `container port ${text('containerPort') || '0'}`,
        ...(text('hostPort') === '' ? [] : [`host port ${text('hostPort') === '0' ? 'any' : text('hostPort')}`]),
        ...(text('servicePort') === '' ? [] : [`service port ${text('servicePort')}`]),
      ];
  const label = isObject(labels) ? Object.entries(labels).map(([name, value]) => `${name}=${fieldText(value)}`) : [];
  const name = text('name');
  return {
    name: `$PORT${index}${name === '' ? '' : ` ${name}`}`,
    text: [...parts, text('protocol') || 'tcp', ...label].join(', '),
  };
}

function healthRow(check: Json, index: number): DefinitionRow {
  const text = (name: string, byDefault: string): string => fieldText(memberOf(check, name)) || byDefault;
  const protocol = text('protocol', 'HTTP');
  const port =
    memberOf(check, 'port') === undefined ? `port index ${text('portIndex', '0')}` : `port ${text('port', '')}`;
  const failures = text('maxConsecutiveFailures', '3');
  const what =
    protocol === 'COMMAND'
      ? fieldText(memberOf(memberOf(check, 'command'), 'value'))
      : `${/HTTPS?$/.test(protocol) ? `${text('path', '/')} on ` : ''}${port}`;
  return {
    name: `${index + 1}. ${protocol}`,
    text:
      `${what}; every ${text('intervalSeconds', '60')} s, for at most ${text('timeoutSeconds', '20')} s; ` +
      `${failures === '0' ? 'never killed' : `killed after ${failures} failures in a row`}; ` +
      `${text('gracePeriodSeconds', '300')} s of grace`,
  };
}

function volumeRow(volume: Json): DefinitionRow {
  const text = (name: string): string => fieldText(memberOf(volume, name));
  const persistent = memberOf(volume, 'persistent');
  const external = memberOf(volume, 'external');
  const what =
    persistent !== undefined
      ? `persistent, ${fieldText(memberOf(persistent, 'size'))} MiB, ${fieldText(memberOf(persistent, 'type')) || 'root'}`
      : external !== undefined
        ? `external, ${fieldText(memberOf(external, 'name'))} of ${fieldText(memberOf(external, 'provider'))}`
        : text('secret') !== ''
          ? `the secret ${text('secret')}`
          : `${text('hostPath')} of the host`;
  return { name: text('containerPath'), text: text('mode') === '' ? what : `${what}, ${text('mode')}` };
}

function networkRows(networks: Json | undefined): DefinitionRow[] {
  return list(networks).map((network): DefinitionRow => {
    const name = fieldText(memberOf(network, 'name'));
    const mode = fieldText(memberOf(network, 'mode')) || 'container';
    return { name: 'Network', text: name === '' ? mode : `${mode} ${name}` };
  });
}

function dockerRows(container: Json | undefined, networks: Json | undefined): DefinitionRow[] {
  const docker = memberOf(container, 'docker');
  const flags = ['forcePullImage', 'privileged'].filter((name) => memberOf(docker, name) === true);
  return [
    ...plain('Container', memberOf(container, 'type')),
    ...code('Image', memberOf(docker, 'image')),
    ...flags.map((name) => ({ name, text: 'yes' })),
    ...list(memberOf(docker, 'parameters')).flatMap((parameter) =>
      code(`--${fieldText(memberOf(parameter, 'key'))}`, memberOf(parameter, 'value')),
    ),
    ...code('pullConfig', memberOf(docker, 'pullConfig')),
    ...code('linuxInfo', memberOf(container, 'linuxInfo')),
    ...networkRows(networks),
  ];
}

/** What has rows of its own; all else is shown under its own name. */
const placed = new Set([
  'id',
  'instances',
  'cpus',
  'mem',
  'disk',
  'gpus',
  'cmd',
  'args',
  'container',
  'networks',
  'portDefinitions',
  'requirePorts',
  'env',
  'secrets',
  'labels',
  'healthChecks',
  'constraints',
  'dependencies',
  'acceptedResourceRoles',
  'role',
  'upgradeStrategy',
  'unreachableStrategy',
  'fetch',
]);

/** One container of a pod. */
function containerRows(container: Json): DefinitionRow[] {
  if (!isObject(container)) return code('Container', container);
  const { name: _, image, exec, resources, environment, ...others } = container;
  const command = memberOf(exec, 'command');
  const { cpus, mem, disk, gpus } = isObject(resources) ? resources : {};
  return [
    ...code('Image', memberOf(image, 'id')),
    ...(memberOf(image, 'forcePull') === true ? [{ name: 'forcePull', text: 'yes' }] : []),
    ...code('Command', memberOf(command, 'shell') ?? memberOf(command, 'argv')),
    ...plain('CPUs', cpus),
    ...plain('Memory', mem, ' MiB'),
    ...plain('Disk', disk, ' MiB'),
    ...plain('GPUs', gpus),
    ...pairs(environment),
    ...Object.entries(others).flatMap(([name, value]) => code(name, value)),
  ];
}

function podSections(pod: JsonObject): DefinitionSection[] {
  const { id, containers, scaling, environment, secrets, labels, networks, role, user, ...others } = pod;
  const sections: DefinitionSection[] = [
    {
      title: 'General',
      rows: [
        ...code('Id', id),
        ...plain('Instances', memberOf(scaling, 'instances')),
        ...networkRows(networks),
        ...plain('User', user),
        ...plain('Role', role),
      ],
    },
    ...list(containers).map((container) => ({
      title: `Container ${fieldText(memberOf(container, 'name'))}`,
      rows: containerRows(container),
    })),
    { title: 'Environment', rows: [...pairs(environment), ...pairs(secrets)] },
    { title: 'Labels', rows: pairs(labels) },
    { title: 'Optional', rows: Object.entries(others).flatMap(([name, value]) => code(name, value)) },
  ];
  return sections.filter(({ rows }) => rows.length > 0);
}

function otherRows(definition: JsonObject): DefinitionRow[] {
  const strategy = memberOf(definition, 'upgradeStrategy');
  const unreachable = memberOf(definition, 'unreachableStrategy');
  return [
    ...plain('Minimum health capacity', memberOf(strategy, 'minimumHealthCapacity')),
    ...plain('Maximum over capacity', memberOf(strategy, 'maximumOverCapacity')),
    ...(isObject(unreachable)
      ? [
          ...plain('Unreachable: replaced after', memberOf(unreachable, 'inactiveAfterSeconds'), ' s'),
          ...plain('Unreachable: given up after', memberOf(unreachable, 'expungeAfterSeconds'), ' s'),
        ]
      : plain('Unreachable strategy', unreachable)),
    ...list(memberOf(definition, 'fetch')).flatMap((file) => code('Fetch', memberOf(file, 'uri'))),
    ...Object.entries(definition).flatMap(([name, value]) => (placed.has(name) ? [] : code(name, value))),
  ];
}

/** A definition to be read: an app's by the tabs of the form, a pod's by its containers; parts without anything are left out. */
export function definitionSections(definition: JsonObject): DefinitionSection[] {
  if (memberOf(definition, 'containers') !== undefined) return podSections(definition);
  const value = (name: string): Json | undefined => memberOf(definition, name);
  const container = value('container');
  const ports = value('portDefinitions') ?? memberOf(container, 'portMappings');
  const isHost = value('portDefinitions') !== undefined;
  const isRequired = value('requirePorts') === true;
  const rows: Readonly<Record<(typeof tabs)[number]['id'], readonly DefinitionRow[]>> = {
    general: [
      ...code('Id', value('id')),
      ...code('Command', value('cmd')),
      ...list(value('args')).map((arg, index) => ({
        name: `Argument ${index + 1}`,
        text: fieldText(arg),
        isCode: true,
      })),
      ...plain('Instances', value('instances')),
      ...plain('CPUs', value('cpus')),
      ...plain('Memory', value('mem'), ' MiB'),
      ...plain('Disk', value('disk'), ' MiB'),
      ...plain('GPUs', value('gpus')),
    ],
    docker: dockerRows(container, value('networks')),
    ports: [
      ...(isRequired ? [{ name: 'Exactly these on the host', text: 'yes' }] : []),
      ...list(ports).map((port, index) => portRow(port, index, isHost, isRequired)),
    ],
    env: [...pairs(value('env')), ...pairs(value('secrets'))],
    labels: pairs(value('labels')),
    health: list(value('healthChecks')).map(healthRow),
    volumes: list(memberOf(container, 'volumes')).map(volumeRow),
    constraints: [
      ...list(value('constraints')).map((constraint) => ({
        name: fieldText(list(constraint)[0]),
        text: list(constraint).slice(1).map(fieldText).join(' '),
      })),
      ...list(value('dependencies')).map((id) => ({ name: 'Depends on', text: fieldText(id) })),
      ...list(value('acceptedResourceRoles')).map((role) => ({ name: 'Resources of', text: fieldText(role) })),
      ...plain('Role', value('role')),
    ],
    optional: otherRows(definition),
  };
  return tabs.flatMap(({ id, text }) => (rows[id].length === 0 ? [] : [{ title: text, rows: rows[id] }]));
}
