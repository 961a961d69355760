import type { FlagTable } from './flag.js';

/** What `backup` writes and `restore` reads. */
export const backupFlags = {
  file: {
    kind: 'path',
    group: 'Backup',
    commands: ['backup', 'restore'],
    text: 'the backup; compressed when its name ends in .gz; - with backup is the standard output',
    requiredFor: ['backup', 'restore'],
  },
  without_framework_id: {
    kind: 'boolean',
    group: 'Backup',
    commands: ['restore'],
    text: 'for another cluster: leave out who the scheduler was to Mesos, so that it registers as a new framework',
    default: false,
  },
} as const satisfies FlagTable;
