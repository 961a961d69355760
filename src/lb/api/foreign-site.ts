import { foreignOrigin } from '../../http/same-origin.js';
import type { HttpRequest } from '../../http/server.js';

/**
 * Why a request that changes something is refused because a browser says that a page of another site makes it; undefined when it is not.
 * Older browsers tell by `Referer` alone what newer ones tell by `Origin` and `Sec-Fetch-Site`; programs send none of them.
 */
export function foreignSite(request: HttpRequest): string | undefined {
  const refused = foreignOrigin(request);
  if (refused !== undefined) return refused;
  const { origin, referer, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site === 'cross-site' || (site === 'same-site' && origin === undefined)) {
    return 'requests from pages of other sites are not accepted';
  }
  if (origin !== undefined || referer === undefined) return undefined;
  const isOwn = URL.canParse(referer) && new URL(referer).host === host;
  return isOwn ? undefined : 'requests from pages of other sites are not accepted';
}
