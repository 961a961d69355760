import type { EdgeAnnouncement } from '../../catalog/edges.js';
import { edgeApiUrl, edgeNameOf } from '../../catalog/providers/edge-address.js';
import type { LbOptions } from '../options.js';

/** How this load balancer introduces itself to the scheduler: by the host and port that it takes HTTP requests at. */
export function announcementOf(
  options: Pick<LbOptions, 'bindAddress' | 'haproxyHttpPort' | 'host' | 'lbPort'>,
): EdgeAnnouncement {
  return {
    edge: edgeNameOf(options.bindAddress, options.haproxyHttpPort),
    role: 'lb',
    apiUrl: edgeApiUrl(options.host, options.lbPort),
  };
}
