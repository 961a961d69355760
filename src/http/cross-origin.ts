import { foreignOrigin } from './same-origin.js';
import type { HttpReply, HttpRequest } from './server.js';
import { addVary } from './vary.js';

/** What pages of other origins may do with an API (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol). */
export interface CrossOrigin {
  /** Adds the headers that let a browser show the answer to the page that asks, if that page may see it. */
  allow(request: HttpRequest, reply: HttpReply): void;
  /** Whether this is a browser asking what an allowed page may do; it sends no credentials, and its answer is 200 without a body. */
  isPreflight(request: HttpRequest): boolean;
  /** Why a request that changes something is refused; undefined when it is not. */
  refusal(request: HttpRequest): string | undefined;
}

const readingMethods = ['GET', 'HEAD', 'OPTIONS'];
const readingText = readingMethods.join(', ');
const allText = [...readingMethods, 'POST', 'PUT', 'PATCH', 'DELETE'].join(', ');

/** How long a browser may remember the answer to a preflight, in seconds: a day, as Marathon says. */
const maxAgeSeconds = 86_400;

/** An origin as browsers write it: lower case, without a default port. What is no URL is left as it is (`null`, `*`). */
function normalised(origin: string): string {
  try {
    const { protocol, host } = new URL(origin);
    return `${protocol}//${host}`;
  } catch {
    return origin;
  }
}

/**
 * The rules for `allowedOrigins` (`--access_control_allow_origin`), which may hold `*`. Pages of an origin in the list may do everything.
 * `*` opens the API for reading only, as Marathon's `Access-Control-Allow-Methods: GET, HEAD, OPTIONS` says: whoever may post an app
 * may run commands in the cluster, and `*` means every page that anybody in this network happens to look at. With an empty
 * list no header is sent, and only pages that this server itself has sent may change something.
 */
export function createCrossOrigin(allowedOrigins: readonly string[]): CrossOrigin {
  const listed = new Set(allowedOrigins.map(normalised));
  const isOpen = listed.delete('*');

  function mayAll(origin: string | undefined): boolean {
    return origin !== undefined && listed.has(normalised(origin));
  }

  return {
    allow(request, reply) {
      if (!isOpen && listed.size === 0) return;
      const { origin } = request.headers;
      const all = mayAll(origin);
      if (listed.size > 0) addVary(reply, 'Origin');
      if (!all && !isOpen) return;
      void reply.header('Access-Control-Allow-Origin', all ? (origin ?? '*') : '*');
      void reply.header('Access-Control-Allow-Methods', all ? allText : readingText);
      void reply.header('Access-Control-Max-Age', String(maxAgeSeconds));
      const headers = request.headers['access-control-request-headers'];
      if (headers !== undefined) void reply.header('Access-Control-Allow-Headers', headers);
    },
    isPreflight(request) {
      const { method, headers } = request;
      if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return false;
      return isOpen || mayAll(headers.origin);
    },
    refusal(request) {
      if (readingMethods.includes(request.method) || mayAll(request.headers.origin)) return undefined;
      return foreignOrigin(request);
    },
  };
}
