import type { EdgeAnnouncement } from '../../catalog/edges.js';
import { edgeApiUrl, edgeNameOf } from '../../catalog/providers/edge-address.js';
import type { LbOptions } from '../options.js';

/** How this load balancer introduces itself to the scheduler: by the host and port that it takes HTTP requests at, and a `proof` of its own. */
export function announcementOf(
  options: Pick<LbOptions, 'bindAddress' | 'haproxyHttpPort' | 'host' | 'lbPort'>,
  proof: string,
): EdgeAnnouncement {
  return {
    edge: edgeNameOf(options.bindAddress, options.haproxyHttpPort),
    role: 'lb',
    apiUrl: edgeApiUrl(options.host, options.lbPort),
    proof,
  };
}
