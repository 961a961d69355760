import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { ProcessIdentity, ProcessStat } from '../../common/process-identity.js';
import { bootId, parseProcessStat } from '../../common/process-identity.js';

const isPid = (name: string): boolean => /^[1-9][0-9]*$/.test(name);
const isAlive = (stat: ProcessStat | undefined): stat is ProcessStat =>
  stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';

/** All living processes of this machine. */
export async function listProcesses(): Promise<readonly ProcessStat[]> {
  const pids = (await readdir('/proc')).filter(isPid);
  const stats = await Promise.all(
    // A process may end between the listing and the reading.
    pids.map((pid) => readFile(`/proc/${pid}/stat`, 'latin1').then(parseProcessStat, () => undefined)),
  );
  return stats.filter(isAlive);
}

function listProcessesSync(): readonly ProcessStat[] {
  const stats: ProcessStat[] = [];
  for (const pid of readdirSync('/proc').filter(isPid)) {
    try {
      const stat = parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
      if (isAlive(stat)) stats.push(stat);
    } catch {
      continue;
    }
  }
  return stats;
}

/**
 * Sends a signal to a process, or (negative) to a process group; one that is gone, or may not be signalled any more, is not an
 * error. Tells whether it was sent.
 */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  // 0 is the agent's own process group, -1 every process there is, 1 the machine's first one: never a task.
  if (!Number.isInteger(pid) || Math.abs(pid) <= 1) return false;
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** What tells the processes of a task from all others. */
export interface TaskProcesses {
  /** The task's first process, which made its session. */
  readonly leader: ProcessIdentity;
  /** Its sandbox, unique to the run: what the task starts inherits it as MESOS_DIRECTORY, in whatever session. */
  readonly sandbox: string;
}

const sandboxVariable = '\0MESOS_DIRECTORY=';

/** The sandbox in a process's environment; undefined when there is none, or it may not be read. */
function sandboxOf(pid: number): string | undefined {
  try {
    const environment = `\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}`;
    const at = environment.indexOf(sandboxVariable);
    if (at < 0) return undefined;
    const begin = at + sandboxVariable.length;
    const end = environment.indexOf('\0', begin);
    return environment.slice(begin, end < 0 ? undefined : end);
  } catch {
    return undefined;
  }
}

/**
 * SIGKILLs what is left of these tasks, in one pass over the process table, and returns those that had anything left: the
 * living members of their sessions, and what left the session but still names their sandbox.
 */
export function killLeftovers(tasks: readonly TaskProcesses[]): readonly TaskProcesses[] {
  const ofThisBoot = tasks.filter(({ leader }) => leader.bootId === bootId());
  if (ofThisBoot.length === 0) return [];
  const oldest = ofThisBoot.map(({ leader }) => BigInt(leader.startTime)).reduce((a, b) => (a < b ? a : b));
  const young = listProcessesSync().filter(({ startTime }) => BigInt(startTime) >= oldest);
  const byPid = new Map(young.map((process) => [process.pid, process]));
  // A pid that belongs to another process by now: so does the session of that number.
  const bySession = new Map(
    ofThisBoot
      .filter(({ leader }) => (byPid.get(leader.pid)?.startTime ?? leader.startTime) === leader.startTime)
      .map((task) => [task.leader.pid, task]),
  );
  const bySandbox = new Map(ofThisBoot.map((task) => [task.sandbox, task]));
  const found = new Set<TaskProcesses>();
  for (const { pid, session } of young) {
    const task = bySession.get(session) ?? bySandbox.get(sandboxOf(pid) ?? '');
    if (task === undefined) continue;
    sendSignal(pid, 'SIGKILL');
    found.add(task);
  }
  return [...found];
}

/** What a session uses, summed over its living processes. */
export interface SessionUsage {
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly residentBytes: number;
}

const ticksPerSecond = 100;
const pageBytes = 4096;

/** CPU time and memory of every session on this machine, by session id. */
export async function usageBySession(): Promise<ReadonlyMap<number, SessionUsage>> {
  const usage = new Map<number, SessionUsage>();
  for (const { session, userTicks, systemTicks, residentPages } of await listProcesses()) {
    const sum = usage.get(session);
    usage.set(session, {
      userSeconds: (sum?.userSeconds ?? 0) + userTicks / ticksPerSecond,
      systemSeconds: (sum?.systemSeconds ?? 0) + systemTicks / ticksPerSecond,
      residentBytes: (sum?.residentBytes ?? 0) + residentPages * pageBytes,
    });
  }
  return usage;
}

/** What the kernel says a process has of its own, files it maps left out; 0 when it does not say. */
async function chargedBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'latin1').catch(() => '');
  let kib = 0;
  for (const [, value] of text.matchAll(/^Pss_(?:Anon|Shmem):\s+(\d+) kB$/gm)) kib += Number(value);
  return kib * 1024;
}

/** The memory that the living processes of a session have between them, without the files that they map. */
export async function chargedBytesOfSession(session: number): Promise<number> {
  let sum = 0;
  for (const process of await listProcesses()) if (process.session === session) sum += await chargedBytes(process.pid);
  return sum;
}
