import { statRows } from '../apply/stat-table.js';

/** What HAProxy says of a server. */
export interface ServerState {
  /** `UP`, `DOWN 1/2`, `MAINT`, `DRAIN`, `no check` … */
  readonly status: string;
  readonly sessions: number;
  /** The last check's result (`L4OK`, `L4CON` …); empty = none. */
  readonly check: string;
}

/** Reads the answer to `show stat`: the servers of all backends in it, by `backend/server`. Throws when it is not one. */
export function parseServerStates(answer: string): ReadonlyMap<string, ServerState> {
  const states = new Map<string, ServerState>();
  for (const row of statRows(answer, ['pxname', 'svname', 'status', 'scur', 'check_status'])) {
    const [backend = '', name = '', status = '', sessions = '', check = ''] = row;
    if (name === 'BACKEND' || name === 'FRONTEND') continue;
    states.set(`${backend}/${name}`, { status, sessions: Number(sessions), check });
  }
  return states;
}
