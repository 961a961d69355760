import type { FlagTable } from './flag.js';

const common = { group: 'One value only', commands: ['up', 'scheduler'], marathon: true } as const;

/** Options of Marathon's of which only the default is possible: scripts that say so run, all others are told why not. */
export const oneValueFlags = {
  checkpoint: {
    ...common,
    kind: 'boolean',
    toggle: true,
    text: 'tasks survive a restart of the agent',
    default: true,
    only: 'tasks are always checkpointed',
  },
  ha: {
    ...common,
    kind: 'boolean',
    toggle: true,
    text: 'several schedulers, one of which leads',
    default: false,
    only: 'high availability needs --zk, which is not supported yet: one scheduler runs, with the embedded store',
  },
  executor: {
    ...common,
    kind: 'string',
    text: 'executor of apps that name none',
    default: '//cmd',
    only: "custom executors are not supported yet, tasks run under Mesos' command executor",
  },
  gpu_scheduling_behavior: {
    ...common,
    kind: 'choice',
    choices: ['restricted', 'unrestricted'],
    text: 'restricted: agents with GPUs are left to apps that ask for some',
    default: 'restricted',
    only: 'GPUs are not used yet, and their agents are left to other frameworks',
  },
  mesos_authentication: {
    ...common,
    kind: 'boolean',
    toggle: true,
    text: 'register with Mesos under a principal',
    default: false,
    only: 'connect to a master that asks for no credentials, others are not supported yet',
  },
} as const satisfies FlagTable;
