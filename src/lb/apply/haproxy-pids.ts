import { isRunning } from '../../common/process-identity.js';
import type { LbPaths } from './paths.js';
import type { ProxyControl } from './proxy-control.js';
import { readState } from './state-file.js';

/** The process that serves, and those before it that still have connections, the newest first. */
export async function haproxyPids(
  control: Pick<ProxyControl, 'running'>,
  paths: Pick<LbPaths, 'state'>,
): Promise<number[]> {
  const pid = control.running?.pid;
  const state = await readState(paths.state);
  const old = [...(state?.old ?? [])].reverse().filter(isRunning);
  return [...new Set([...(pid === undefined ? [] : [pid]), ...old.map((identity) => identity.pid)])];
}
