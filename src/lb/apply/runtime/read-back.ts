import type { ActualServer, ActualServers } from '../../plan/reconcile.js';

/** Bits of `srv_admin_state`: told to be in maintenance, and told to drain. */
const forcedMaintenance = 0x01;
const forcedDrain = 0x08;

/** One line of `show servers state`, as far as it is used. */
export interface ServerState {
  readonly backend: string;
  readonly server: string;
  readonly address: string;
  readonly port: number;
  /** 0 = stopped, 1 = starting, 2 = running, 3 = stopping. */
  readonly operational: number;
  readonly admin: number;
  readonly weight: number;
  readonly fields: readonly string[];
}

/** Reads `show servers state` (format 1, the only one there is): the heading and the lines. Throws when it is something else. */
export function parseServerStates(answer: string): { readonly heading: string; readonly states: ServerState[] } {
  const [version, heading = '', ...lines] = answer.trimStart().split('\n');
  if (version?.trim() !== '1' || !heading.startsWith('#')) throw new Error('not an answer to "show servers state"');
  const states: ServerState[] = [];
  for (const line of lines) {
    const fields = line.split(' ');
    const [, backend, , server, address] = fields;
    if (backend === undefined || server === undefined || address === undefined) continue;
    states.push({
      backend,
      server,
      address,
      port: Number(fields[18]),
      operational: Number(fields[5]),
      admin: Number(fields[6]),
      weight: Number(fields[7]),
      fields,
    });
  }
  return { heading, states };
}

function toldOf(admin: number): ActualServer['told'] {
  if ((admin & forcedMaintenance) !== 0) return 'maint';
  return (admin & forcedDrain) !== 0 ? 'drain' : 'ready';
}

/** The servers that a process has, from its answer to `show servers state`. */
export function actualServers(answer: string): ActualServers {
  const backends = new Map<string, Map<string, ActualServer>>();
  for (const { backend, server, address, port, admin, weight } of parseServerStates(answer).states) {
    let servers = backends.get(backend);
    if (servers === undefined) backends.set(backend, (servers = new Map<string, ActualServer>()));
    servers.set(server, { address: address === '-' ? undefined : address, port, told: toldOf(admin), weight });
  }
  return backends;
}

/** The entries of a map, from the answer to `show map`: a pointer, the key and the value on each line. Of several with one key the first counts. */
export function parseMap(answer: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const line of answer.split('\n')) {
    const match = /^0x[0-9a-f]+ (\S+) (.*)$/.exec(line);
    const [, key, value] = match ?? [];
    if (key !== undefined && value !== undefined && !entries.has(key)) entries.set(key, value);
  }
  return entries;
}

/** How many sessions each server has or has waiting for it, from the answer to `show stat`. */
export function parseSessions(answer: string): Map<string, number> {
  const sessions = new Map<string, number>();
  for (const line of answer.split('\n')) {
    if (line.startsWith('#')) continue;
    const [backend, server, queued, , current] = line.split(',');
    if (backend === undefined || server === undefined) continue;
    sessions.set(`${backend}/${server}`, Number(queued) + Number(current));
  }
  return sessions;
}
