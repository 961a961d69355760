import type { EdgeAnnouncement } from '../../catalog/edges.js';
import { edgeApiUrl, edgeNameOf } from '../../catalog/providers/edge-address.js';
import type { DnsOptions } from '../options.js';

/** How this name server introduces itself to the scheduler: by the host and port that it answers at. */
export function announcementOf(
  options: Pick<DnsOptions, 'host' | 'dnsPort' | 'httpHost' | 'dnsHttpPort' | 'httpOn'>,
): EdgeAnnouncement {
  return {
    edge: edgeNameOf(options.host, options.dnsPort),
    role: 'dns',
    ...(options.httpOn ? { apiUrl: edgeApiUrl(options.httpHost, options.dnsHttpPort) } : {}),
  };
}
