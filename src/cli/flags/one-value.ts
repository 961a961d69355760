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
  mesos_authentication: {
    ...common,
    kind: 'boolean',
    toggle: true,
    text: 'register with Mesos under a principal',
    default: false,
    only: 'connect to a master that asks for no credentials, others are not supported yet',
  },
} as const satisfies FlagTable;
