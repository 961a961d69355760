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
 * The living processes of the session that `leader` made, itself included. Empty when its pid belongs to another process
 * (`holder`) by now: the session's members then belong to that one.
 */
function membersOf(
  leader: ProcessIdentity,
  holder: ProcessStat | undefined,
  session: readonly ProcessStat[],
): readonly ProcessStat[] {
  if (leader.bootId !== bootId()) return [];
  if (holder !== undefined && holder.startTime !== leader.startTime) return [];
  return session.filter(({ startTime }) => BigInt(startTime) >= BigInt(leader.startTime));
}

/** Sends a signal; a process that is gone, or may not be signalled any more, is not an error. Tells whether it was sent. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** SIGKILLs what is left of the sessions of these leaders, in one pass over the process table; returns those that had any. */
export function killSessions(leaders: readonly ProcessIdentity[]): readonly ProcessIdentity[] {
  if (leaders.length === 0) return [];
  const bySession = new Map<number, ProcessStat[]>();
  const byPid = new Map<number, ProcessStat>();
  for (const process of listProcessesSync()) {
    byPid.set(process.pid, process);
    const members = bySession.get(process.session);
    if (members === undefined) bySession.set(process.session, [process]);
    else members.push(process);
  }
  return leaders.filter((leader) => {
    const members = membersOf(leader, byPid.get(leader.pid), bySession.get(leader.pid) ?? []);
    for (const { pid } of members) sendSignal(pid, 'SIGKILL');
    return members.length > 0;
  });
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
