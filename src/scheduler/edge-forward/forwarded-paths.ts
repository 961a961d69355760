import type { EdgeRole } from '../../catalog/edges.js';

export type ForwardedMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A part of an edge's API that is forwarded. */
export interface Forwarding {
  /** It changes something at the edge. */
  readonly changes: boolean;
  /** Its answer is a stream of events. */
  readonly streams: boolean;
  readonly maxBodyBytes: number;
}

interface Rule extends Forwarding {
  readonly method: ForwardedMethod;
  /** `{x}` stands for a segment, `{x…}` for any number of them. */
  readonly path: string;
  readonly pattern: RegExp;
}

/** Of a rule, or of a question. */
const maxBodyBytes = 1 << 20;
/** A thousand apps and a thousand instances as they are in the catalog; what edges take, too. */
const maxPlanBytes = 4 << 20;

function patternOf(path: string): RegExp {
  const source = path
    .split('/')
    .map((segment) => (segment.endsWith('…}') ? '.+' : segment.startsWith('{') ? '[^/]+' : segment))
    .join('/');
  return new RegExp(`^${source}$`);
}

function rule(method: ForwardedMethod, path: string, more: Partial<Forwarding> = {}): Rule {
  return { method, path, pattern: patternOf(path), changes: false, streams: false, maxBodyBytes, ...more };
}

const reads = (...paths: readonly string[]): Rule[] => paths.map((path) => rule('GET', path));
const change = { changes: true };
const plan = { maxBodyBytes: maxPlanBytes };

/** All that is forwarded. What is not named here is not. */
const rules: Readonly<Record<EdgeRole, readonly Rule[]>> = {
  dns: [
    ...reads('ekiden/v1/status', 'ekiden/v1/explain/{name}', 'ekiden/v1/records', 'v1/version', 'metrics'),
    rule('POST', 'ekiden/v1/plan', plan),
  ],
  lb: [
    ...reads('api/state', 'api/services', 'api/explain', 'metrics'),
    ...reads('ekiden/v1/status', 'ekiden/v1/config', 'ekiden/v1/rules', 'ekiden/v1/rules/history', 'ekiden/v1/routes'),
    ...reads('ekiden/v1/explain', 'ekiden/v1/rejected', 'ekiden/v1/reloads', 'ekiden/v1/backends'),
    rule('GET', 'ekiden/v1/events', { streams: true }),
    rule('POST', 'api/plan', plan),
    rule('POST', 'ekiden/v1/plan', plan),
    rule('POST', 'api/services', change),
    rule('PUT', 'api/services', change),
    rule('PUT', 'api/services/{id…}', change),
    rule('DELETE', 'api/services/{id…}', change),
    rule('POST', 'ekiden/v1/rules/history/{n}/revert', change),
  ],
};

/** What may stand in a path (RFC 3986 §3.3); a NUL is a part of no name. */
const pathPattern = /^(?:[\w\-.~!$&'()*+,;=:@/]|%(?!00)[0-9A-Fa-f]{2})+$/;
/** A segment that URLs are shortened by, however it and what is around it are written: somebody on the way may decode it. */
const dotSegment = /(?:^|\/|%2f|%5c)(?:\.|%2e){1,2}(?:\/|%2f|%5c|;|$)/i;

/** What becomes of a request for a path of the API of an edge of that role, written as in a URL; undefined: it is not forwarded. */
export function forwardingOf(role: EdgeRole, method: string, path: string): Forwarding | undefined {
  if (!pathPattern.test(path) || dotSegment.test(path)) return undefined;
  return rules[role].find((known) => known.method === method && known.pattern.test(path));
}

/** The methods of a path that are forwarded; none: the path is not. */
export function methodsOf(role: EdgeRole, path: string): readonly ForwardedMethod[] {
  const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;
  return methods.filter((method) => forwardingOf(role, method, path) !== undefined);
}

/** All that is forwarded to an edge of that role, for a reader. */
export function forwardedText(role: EdgeRole): string {
  return rules[role].map(({ method, path }) => `${method} ${path}`).join(', ');
}
