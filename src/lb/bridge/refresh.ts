import { join } from 'node:path';
import type { TasksTextLine } from '../../catalog/providers/marathon/tasks-text.js';
import { messageOf } from '../../common/errors.js';
import { runCommand } from '../../common/run-command.js';
import { HaproxyProgram } from '../apply/haproxy-program.js';
import { Candidate, readConfigFile, restoreConfigFile } from '../external/replace-config.js';
import { findSystemReload } from '../external/system-reload.js';
import { bridgeConfiguration, bridgeHeader, meansTheSame } from './configuration.js';

/** The configuration of the system's HAProxy. */
export const systemConfig = '/etc/haproxy/haproxy.cfg';

const reloadTimeoutMs = 90_000;

export interface RefreshOptions {
  /** `/`, or a directory that stands for it. */
  readonly root: string;
  /** The haproxy program; undefined when there is none, so that nothing can be checked. */
  readonly haproxyPath: string | undefined;
  /** Throws when no Marathon answers. */
  readonly readTasks: () => Promise<readonly TasksTextLine[]>;
  /** Takes one line for people. */
  readonly tell: (line: string) => void;
}

/**
 * Brings the system's HAProxy to what Marathon says: nothing when that has not changed; else checked by `haproxy -c`, put in place
 * in one step, reloaded. False when it could not be done; then the file that was there is there.
 */
export async function refreshSystemHaproxy({ root, haproxyPath, readTasks, tell }: RefreshOptions): Promise<boolean> {
  const path = join(root, systemConfig);
  const before = await readConfigFile(path, 0o644);
  const next = await nextConfiguration(before.text, readTasks, tell);
  if (next === undefined) return false;
  if (before.text !== undefined && meansTheSame(before.text, next)) return true;
  const candidate = await Candidate.write(path, next, before);
  try {
    if (haproxyPath === undefined) tell('there is no haproxy program: the configuration is not checked');
    else {
      const problem = await new HaproxyProgram(haproxyPath).check(candidate.path);
      if (problem !== undefined) {
        tell(`HAProxy does not accept the new configuration, the old one stays: ${problem.message}`);
        return false;
      }
    }
    await candidate.place();
  } finally {
    await candidate.discard();
  }
  const failure = await reload(root);
  if (failure === undefined) {
    tell('HAProxy reloaded');
    return true;
  }
  // Otherwise the next minute would find nothing changed, and HAProxy would go on with the old one for ever.
  await restoreConfigFile(path, before);
  tell(`HAProxy was not reloaded, the old configuration is back: ${failure}`);
  return false;
}

/** The new text; undefined when no Marathon can be asked. That everything is gone at once has to be said twice. */
async function nextConfiguration(
  live: string | undefined,
  readTasks: RefreshOptions['readTasks'],
  tell: (line: string) => void,
): Promise<string | undefined> {
  const hadServices = live?.includes('\nlisten ', live.indexOf('\nlisten stats') + 1) === true;
  try {
    let made = bridgeConfiguration(await readTasks());
    if (made.text === bridgeHeader && hadServices) made = bridgeConfiguration(await readTasks());
    for (const note of made.notes) tell(note);
    return made.text;
  } catch (error) {
    tell(`no Marathon answers, everything stays as it is: ${messageOf(error)}`);
    return undefined;
  }
}

async function reload(root: string): Promise<string | undefined> {
  const found = findSystemReload(root);
  if (found === undefined) return `neither Upstart, systemd nor ${join(root, '/etc/init.d/haproxy')} is there to do it`;
  const words = [found.file, ...found.args].join(' ');
  const result = await runCommand(found.file, found.args, { timeoutMs: reloadTimeoutMs });
  if (result.exitCode === 0) return undefined;
  const why = result.failure ?? (result.exitCode === undefined ? result.signal : `exit status ${result.exitCode}`);
  return `${words}: ${why ?? 'ended'} ${(result.stderr || result.stdout).trim().slice(0, 500)}`.trim();
}
