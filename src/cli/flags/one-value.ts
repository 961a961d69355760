import type { FlagTable } from './flag.js';

const common = { group: 'One value only', commands: ['up', 'scheduler'], marathon: true } as const;

/** Options of Marathon's of which only the default is possible: scripts that say so run, all others are told why not. */
export const oneValueFlags = {
  internal_store_backend: {
    ...common,
    kind: 'choice',
    choices: ['zk', 'mem', 'mesos_zk'],
    text: 'where the state is kept',
    default: 'zk',
    only: 'the state is kept in ZooKeeper with --zk, and below --work_dir without',
  },
  leader_election_backend: {
    ...common,
    kind: 'choice',
    choices: ['curator', 'twitter_commons'],
    text: 'how the leader is elected',
    default: 'curator',
    only: 'there is one way',
  },
} as const satisfies FlagTable;
