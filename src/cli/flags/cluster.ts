import type { FlagTable } from './flag.js';

/** The Mesos cluster: which one, or what the embedded one offers. */
export const clusterFlags = {
  master: {
    kind: 'masters',
    group: 'Cluster',
    commands: ['up', 'scheduler', 'dns'],
    marathon: true,
    text: 'Mesos master as host:port; up then starts no cluster of its own; dns takes several, separated by commas',
    requiredFor: ['scheduler', 'dns'],
  },
  resources: {
    kind: 'string',
    group: 'Cluster',
    commands: ['up', 'cluster'],
    text: "what the embedded agent offers, in Mesos' notation: cpus:2;mem:4096;disk:10000;ports:[31000-32000]",
    default: '',
    defaultText: 'what this machine has',
  },
  attributes: {
    kind: 'string',
    group: 'Cluster',
    commands: ['up', 'cluster'],
    text: "attributes of the embedded agent, in Mesos' notation: rack:r1;zone:a",
    default: '',
  },
} as const satisfies FlagTable;
