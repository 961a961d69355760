import type { FlagTable } from './flag.js';

const commands = ['up', 'scheduler'] as const;
const common = { group: 'Scheduler', commands, marathon: true } as const;

/** Features of Marathon 1.11 that `--enable_features` knows. */
export const features = ['vips', 'task_killing', 'external_volumes', 'secrets', 'gpu_resources'] as const;

/** What the scheduler is to Mesos, and what apps get that do not say otherwise. */
export const schedulerFlags = {
  framework_name: {
    ...common,
    kind: 'string',
    text: 'name under which the scheduler registers; also the second label of DNS names (app.marathon.mesos)',
    default: 'marathon',
  },
  mesos_role: {
    ...common,
    kind: 'string',
    text: 'Mesos role whose resources are used',
    default: '*',
  },
  mesos_user: {
    ...common,
    kind: 'string',
    text: 'user that tasks run as',
    defaultText: 'the user of the scheduler',
  },
  failover_timeout: {
    ...common,
    kind: 'seconds',
    text: 'how long Mesos keeps the tasks while the scheduler is away',
    default: 604_800,
  },
  webui_url: {
    ...common,
    kind: 'string',
    text: 'address of the scheduler that Mesos shows',
    defaultText: 'the address under which the scheduler leads',
  },
  mesos_leader_ui_url: {
    ...common,
    kind: 'string',
    text: 'address of the Mesos UI that /v2/info shows',
    defaultText: 'that of the leading master',
  },
  enable_features: {
    ...common,
    kind: 'list',
    choices: features,
    text: 'optional features, separated by commas',
    default: [],
  },
  executor: {
    ...common,
    kind: 'string',
    text: 'executor of apps that name none: a path in their sandbox, or //cmd for the command executor of Mesos; the embedded cluster has only that',
    default: '//cmd',
  },
  env_vars_prefix: {
    ...common,
    kind: 'string',
    text: 'what the names of HOST and of the PORT variables of tasks begin with',
    defaultText: 'none',
  },
  default_network_name: {
    ...common,
    kind: 'string',
    text: 'network of containers that name none',
  },
  mesos_bridge_name: {
    ...common,
    kind: 'string',
    text: 'CNI network of Mesos containers in bridge mode',
    default: 'mesos-bridge',
  },
  new_group_enforce_role: {
    ...common,
    kind: 'choice',
    choices: ['off', 'top'],
    text: 'top: a new top-level group makes its name the role of everything in it',
    default: 'off',
  },
} as const satisfies FlagTable;
