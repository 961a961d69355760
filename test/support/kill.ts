/**
 * Kills exactly one process. Throws when there is no pid to kill: `process.kill(0)` would be the whole process group, the test
 * runner and its shell included.
 */
export function killProcess(pid: number | null | undefined, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (!Number.isInteger(pid) || (pid ?? 0) <= 1) throw new Error(`${pid} is not the pid of a process to kill`);
  process.kill(pid as number, signal);
}
