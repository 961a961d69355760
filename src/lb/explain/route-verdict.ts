import type { Route } from '../compile/routing-model.js';
import type { Verdict } from './acl-match.js';
import { hostNameOf } from './asked-request.js';
import type { AskedRequest } from './asked-request.js';
import { testAcl } from './test-acl.js';

/** Whether a name is the host of a route, or below its `*.…`. Both in lower case. */
export function isHostOf(host: string, name: string): boolean {
  return host.startsWith('*.') ? name.length > host.length - 1 && name.endsWith(host.slice(1)) : name === host;
}

/** Whether a path is a prefix of another one, or the same, and ends where a segment of it does. */
export function isPathBelow(prefix: string, path: string): boolean {
  const bare = prefix.replace(/\/+$/, '');
  return path === bare || path.startsWith(`${bare}/`);
}

const folded = (text: string): string => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

/** Whether a request fits all conditions of a route; what is known to be false decides, whatever else is unknown. Pure. */
export function testRoute({ host, path, ignoreCase, acl }: Route, request: AskedRequest): Verdict {
  if (host !== null && (request.host === null || !isHostOf(host, hostNameOf(request.host)))) return false;
  if (path !== null) {
    const fits = ignoreCase ? isPathBelow(folded(path), folded(request.path)) : isPathBelow(path, request.path);
    if (!fits) return false;
  }
  return acl === null ? true : testAcl(acl, request);
}
