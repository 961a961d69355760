import { logLevels } from '../../common/logger.js';
import { storeCommandNames } from './flag.js';
import type { FlagTable } from './flag.js';

/** What every role has. */
export const generalFlags = {
  work_dir: {
    kind: 'path',
    group: 'General',
    commands: ['up', 'cluster', 'scheduler', 'dns', 'lb', ...storeCommandNames],
    shared: true,
    text: 'directory for everything that must outlive the process',
    default: './.ekiden',
  },
  host: {
    kind: 'ip',
    group: 'General',
    commands: ['up', 'cluster', 'scheduler', 'dns', 'lb'],
    shared: true,
    text: 'address to listen on',
    default: '0.0.0.0',
    defaultFor: { up: '127.0.0.1', cluster: '127.0.0.1' },
  },
  hostname: {
    kind: 'host',
    group: 'General',
    commands: ['up', 'cluster', 'scheduler'],
    marathon: true,
    text: 'name or address by which others reach this host: the agent offers it, the scheduler shows it as the leader',
    defaultText: 'the address listened on; for the scheduler alone the name of this host',
  },
  conf_dir: {
    kind: 'path',
    group: 'General',
    commands: ['up', 'scheduler'],
    text: "directory with one file for each option, named after it, like the /etc/marathon/conf of Marathon's packages; what is given elsewhere wins",
  },
  log_level: {
    kind: 'choice',
    group: 'General',
    commands: ['up', 'cluster', 'scheduler', 'dns', 'lb'],
    text: 'least level that is logged',
    choices: logLevels,
    default: 'info',
  },
  logging_level: {
    kind: 'choice',
    group: 'General',
    commands: ['up', 'scheduler'],
    marathon: true,
    text: 'the same in words of Marathon; log_level wins',
    choices: ['off', 'fatal', 'error', 'warn', 'info', 'debug', 'trace', 'all'],
    defaultText: 'log_level',
  },
  log_format: {
    kind: 'choice',
    group: 'General',
    commands: ['up', 'cluster', 'scheduler', 'dns', 'lb'],
    text: 'auto is pretty on a terminal and JSON lines elsewhere',
    choices: ['auto', 'pretty', 'json'],
    default: 'auto',
  },
} as const satisfies FlagTable;
