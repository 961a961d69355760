import { hostname } from 'node:os';
import { isIPv6 } from 'node:net';
import type { EdgeAnnouncement } from '../../catalog/edges.js';
import type { DnsOptions } from '../options.js';

/** Addresses that every machine has: they tell nobody apart. */
const common = /^(?:0\.0\.0\.0|::|::1|127(?:\.\d+){3}|localhost)$/;
const wildcards = new Set(['0.0.0.0', '::']);

/** How this name server introduces itself to the scheduler: by the host and port that it answers at. */
export function announcementOf(
  options: Pick<DnsOptions, 'host' | 'dnsPort' | 'httpHost' | 'dnsHttpPort' | 'httpOn'>,
): EdgeAnnouncement {
  const bracketed = (host: string): string => (isIPv6(host) ? `[${host}]` : host);
  const apiHost = wildcards.has(options.httpHost) ? hostname() : bracketed(options.httpHost);
  return {
    edge: `${common.test(options.host) ? hostname() : bracketed(options.host)}:${options.dnsPort}`,
    role: 'dns',
    ...(options.httpOn ? { apiUrl: `http://${apiHost}:${options.dnsHttpPort}` } : {}),
  };
}
