import type { LbBackend, LbServer } from '../../api/edge-live.js';

export type ServerState = 'up' | 'down' | 'draining' | 'maintenance' | 'unknown';

/** What HAProxy's word for a server means: `UP 1/2`, `no check`, `DRAIN`, `MAINT (resolution)` … */
export function serverState(status: string): ServerState {
  if (/^(?:UP|no check)/.test(status)) return 'up';
  if (status.startsWith('DOWN')) return 'down';
  if (/^(?:DRAIN|NOLB)/.test(status)) return 'draining';
  return status.startsWith('MAINT') ? 'maintenance' : 'unknown';
}

/** In which colour it is said. */
export const serverLevels = {
  up: 'good',
  down: 'bad',
  draining: 'info',
  maintenance: 'warning',
  unknown: 'off',
} as const satisfies Readonly<Record<ServerState, string>>;

/** Several backends as one line of a list shows them. */
export interface Load {
  readonly up: number;
  readonly all: number;
  readonly draining: number;
  readonly sessions: number;
  readonly rate: number;
  readonly servers: readonly (LbServer & { readonly backend: string })[];
}

/** What the backends of a rule have to do, all together. */
export function loadOf(backends: readonly LbBackend[]): Load {
  const servers = backends.flatMap(({ name, servers: own }) => own.map((server) => ({ ...server, backend: name })));
  const states = servers.map(({ status }) => serverState(status));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const draining = states.filter((state) => state === 'draining').length;
  return {
    up: states.filter((state) => state === 'up').length,
    all: servers.length - draining,
    draining,
    sessions: sum(backends.map(({ sessions }) => sessions)),
    rate: sum(backends.map(({ rate }) => rate)),
    servers,
  };
}

/** `2 of 3 up, 1 drains`. */
export function loadText({ up, all, draining }: Load): string {
  const drain = draining === 0 ? '' : `, ${draining} drain${draining === 1 ? 's' : ''}`;
  return all === 0 ? `no servers${drain}` : `${up} of ${all} up${drain}`;
}
