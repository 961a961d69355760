import { createHash } from 'node:crypto';
import type { PathId } from '../../common/path-id.js';

/** Names are for people; the hash is what tells them apart. */
const maxCleanLength = 60;

function shortHash(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 8);
}

function clean(appId: PathId): string {
  return appId
    .replace(/^\/+/, '')
    .replace(/[^A-Za-z0-9.-]/g, '_')
    .slice(0, maxCleanLength);
}

/**
 * The name of the backend of one port of an app: `shop_api_10001_3f2a9c04`. The hash covers the exact id and the index of the
 * port, so `/shop/api` and `/shop-api`, whose cleaned ids could meet, never share a name.
 */
export function backendName(appId: PathId, portIndex: number, servicePort: number): string {
  return `${clean(appId)}_${servicePort}_${shortHash(appId, portIndex)}`;
}

/** The name of what speaks HTTP to a port whose own backend does not: for the default rule of an app. */
export function httpBackendName(backend: string): string {
  return `${backend}_http`;
}

/** The name of the backend of a rule with fixed addresses. */
export function fixedBackendName(ruleId: PathId): string {
  return `fixed_${clean(ruleId)}_${shortHash(ruleId, 'fixed')}`;
}

/** The name of the ACL of an app's rule. */
export function ruleName(appId: PathId): string {
  return `rule_${clean(appId)}_${shortHash(appId, 'rule')}`;
}

/** The name of a route that an app's labels ask for; `what` tells those of one port apart. */
export function labelRouteName(appId: PathId, portIndex: number, what: string): string {
  return `label_${clean(appId)}_${shortHash(appId, portIndex, what)}`;
}

/** The name of the default route to a backend. */
export function defaultRouteName(backend: string): string {
  return `default_${backend}`;
}

/** The name of the frontend of a service port; with the address where that is not the common one. */
export function listenerName(port: number, address: string | null): string {
  return address === null ? `port_${port}` : `port_${port}_${shortHash(address)}`;
}

/** The name of a server, which says where it is: state that HAProxy keeps by name can then never fit another one. */
export function serverName(address: string, port: number): string {
  return `${address}_${port}`;
}
