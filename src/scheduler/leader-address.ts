import { isIP } from 'node:net';
import type { SchedulerOptions } from './options.js';

/** What the address is made of. */
export type LeaderNames = Pick<SchedulerOptions, 'hostname' | 'httpPort' | 'httpsPort' | 'httpDisabled'>;

/** `host:port` under which this scheduler is known to others; clients compare it as text. */
export function leaderAddress({ hostname, httpPort, httpsPort, httpDisabled }: LeaderNames): string {
  const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname;
  return `${host}:${httpDisabled ? httpsPort : httpPort}`;
}

/** The same as a URL. */
export function leaderUrl(options: LeaderNames): string {
  return `${options.httpDisabled ? 'https' : 'http'}://${leaderAddress(options)}`;
}
