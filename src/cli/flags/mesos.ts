import type { FlagTable } from './flag.js';

const common = { group: 'Mesos master', commands: ['up', 'scheduler'] } as const;
/** What the name server needs as well. */
const shared = { group: 'Mesos master', commands: ['up', 'scheduler', 'dns'], shared: true } as const;

/** How masters are talked to. */
export const mesosFlags = {
  mesos_authentication: {
    ...common,
    marathon: true,
    kind: 'boolean',
    toggle: true,
    text: 'register with a principal; where masters ask for credentials, give a secret, too (HTTP basic authentication)',
    default: false,
  },
  mesos_authentication_principal: {
    ...shared,
    marathon: true,
    kind: 'string',
    text: 'the principal',
  },
  mesos_authentication_secret: {
    ...shared,
    marathon: true,
    kind: 'string',
    secret: true,
    text: 'its secret; rather in the environment or in a file than on the command line',
  },
  mesos_authentication_secret_file: {
    ...shared,
    marathon: true,
    kind: 'path',
    text: 'file that holds the secret',
  },
  mesos_tls: {
    ...shared,
    kind: 'boolean',
    text: 'masters are asked over TLS',
    default: false,
  },
  mesos_ca: {
    ...shared,
    kind: 'path',
    text: 'PEM file with what to trust of masters besides the usual authorities',
    needs: 'mesos_tls',
  },
  mesos_heartbeat_interval: {
    ...common,
    marathon: true,
    kind: 'milliseconds',
    text: 'time in which a master should say something, until it names its own interval',
    default: 15_000,
    min: 100,
    max: 3_600_000,
  },
  mesos_heartbeat_failure_threshold: {
    ...common,
    marathon: true,
    kind: 'integer',
    text: 'intervals of silence after which it is connected to again',
    default: 5,
    min: 1,
    max: 1000,
  },
  checkpoint: {
    ...common,
    marathon: true,
    kind: 'boolean',
    toggle: true,
    text: 'tasks survive a restart of their agent',
    default: true,
  },
} as const satisfies FlagTable;
