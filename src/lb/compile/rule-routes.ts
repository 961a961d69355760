import type { PathId } from '../../common/path-id.js';
import type { Acl } from '../rules/acl.js';
import type { Route } from './routing-model.js';

const hostPattern = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*$/;
/** Converters that take away what the comparison of hosts does not look at anyway. */
const hostConverters: ReadonlySet<string> = new Set(['lower', 'host_only', 'field(1,:)']);

/** The host that a pattern of a test of the Host header stands for; undefined when it is none. */
function hostOf({ fetch, args, converters, method }: Acl, pattern: string): string | undefined {
  if ((fetch !== 'hdr' && fetch !== 'req.hdr') || args.toLowerCase() !== 'host') return undefined;
  if (!converters.every((converter) => hostConverters.has(converter))) return undefined;
  const text = pattern.toLowerCase();
  if (method === undefined || method === 'str') return hostPattern.test(text) ? text : undefined;
  const isBelow = method === 'end' && text.startsWith('.') && hostPattern.test(text.slice(1));
  return isBelow ? `*${text}` : undefined;
}

const isPathPrefix = (acl: Acl, pattern: string): boolean =>
  acl.fetch === 'path' && acl.method === 'beg' && acl.converters.length === 0 && !pattern.endsWith('/');

/**
 * The routes of a rule: one for each pattern that stands for a host or a prefix of the path, so that it can be looked up, and
 * one for all others. A host is compared without regard to case and without the port, whatever the test says.
 */
export function ruleRoutes(
  rule: { readonly name: string; readonly id: PathId; readonly acl: Acl; readonly priority: number },
  to: { readonly backend: string; readonly app: PathId | null },
): Route[] {
  const { acl, name } = rule;
  const parts: Pick<Route, 'host' | 'acl'>[] = [];
  const rest: string[] = [];
  for (const pattern of acl.patterns) {
    const host = hostOf(acl, pattern);
    if (host !== undefined) parts.push({ host, acl: null });
    else if (isPathPrefix(acl, pattern)) parts.push({ host: null, acl: { ...acl, patterns: [pattern] } });
    else rest.push(pattern);
  }
  if (rest.length > 0 || acl.patterns.length === 0) parts.push({ host: null, acl: { ...acl, patterns: rest } });
  return parts.map((part, index) => ({
    name: parts.length === 1 ? name : `${name}_${index}`,
    source: { kind: 'rule', id: rule.id },
    backend: to.backend,
    app: to.app,
    priority: rule.priority,
    path: null,
    ignoreCase: false,
    ...part,
  }));
}
