import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { silentLogger } from '../../common/logger.js';
import type { StatePlace } from '../../scheduler/backup/stored-state.js';
import type { Invocation } from '../settings.js';
import { zooKeeperOptions } from './scheduler.js';

/** Where the state is that the command is about. What has no effect is said on the standard error. */
export function statePlace({ settings, warnings }: Invocation, command: string): StatePlace {
  for (const warning of warnings) process.stderr.write(`ekiden ${command}: ${warning}\n`);
  return {
    workDir: resolve(settings.work_dir),
    zookeeper: zooKeeperOptions(settings),
    holder: `ekiden ${command} on ${hostname()}`,
    logger: silentLogger,
  };
}

/** The file that `--file` names; undefined for `-`. The option is required. */
export function backupFile({ settings }: Invocation): string | undefined {
  return settings.file === undefined || settings.file === '-' ? undefined : resolve(settings.file);
}
