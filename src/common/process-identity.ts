import { readFileSync } from 'node:fs';

/**
 * A process that can be found again: a pid alone may have been given to another process since, so it counts only together
 * with the start time (field 22 of /proc/PID/stat, in clock ticks since boot) and, across reboots, the boot id.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
}

function readStat(pid: number): { state: string; startTime: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The command name (field 2) is in parentheses and may hold blanks and parentheses itself: count fields from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const startTime = fields[19];
  return state === undefined || startTime === undefined ? undefined : { state, startTime };
}

let bootIdOnce: string | undefined;
function bootId(): string {
  if (bootIdOnce === undefined) {
    try {
      bootIdOnce = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    } catch {
      bootIdOnce = '';
    }
  }
  return bootIdOnce;
}

/** Identifies the running process `pid`; undefined when there is none, or only a zombie (dead, not yet collected). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return undefined;
  return { pid, startTime: stat.startTime, bootId: bootId() };
}

/** Whether exactly this process still runs (not a zombie, not another one with its pid). */
export function isRunning(identity: ProcessIdentity): boolean {
  const now = identifyProcess(identity.pid);
  return now !== undefined && now.startTime === identity.startTime && now.bootId === identity.bootId;
}
