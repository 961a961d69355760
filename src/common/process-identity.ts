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

/** What /proc/PID/stat says about a process, as far as it is used here. Times are in clock ticks (100 per second on Linux). */
export interface ProcessStat {
  readonly pid: number;
  /** One letter; Z and X are dead. */
  readonly state: string;
  readonly processGroup: number;
  readonly session: number;
  /** Clock ticks since boot. */
  readonly startTime: string;
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly residentPages: number;
}

/** Reads the text of /proc/PID/stat; undefined when it is not such a text. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  // The command name (field 2) is in parentheses and may hold blanks and parentheses itself: count fields from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const pid = Number.parseInt(text, 10);
  const [state, , processGroup, session] = fields;
  const startTime = fields[19];
  if (state === undefined || startTime === undefined || !Number.isInteger(pid)) return undefined;
  return {
    pid,
    state,
    processGroup: Number(processGroup),
    session: Number(session),
    startTime,
    userTicks: Number(fields[11]),
    systemTicks: Number(fields[12]),
    residentPages: Number(fields[21]),
  };
}

function readStat(pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

let bootIdOnce: string | undefined;

/** Names this run of the kernel; empty where the system does not tell. */
export function bootId(): string {
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
