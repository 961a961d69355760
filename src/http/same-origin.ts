import type { HttpRequest } from './server.js';

/**
 * Why a request that changes something is refused because of where a browser says it comes from; undefined when it is not.
 * A page of another site can make a browser send a plain POST here, but cannot hide its Origin; programs send none.
 */
export function foreignOrigin(request: HttpRequest): string | undefined {
  const { origin, host } = request.headers;
  if (origin === undefined) return undefined;
  let from: string;
  try {
    from = new URL(origin).host;
  } catch {
    return `requests from the origin ${JSON.stringify(origin)} are not accepted`;
  }
  return from === host ? undefined : `requests from pages of ${origin} are not accepted`;
}
