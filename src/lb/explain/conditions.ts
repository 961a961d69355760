import { isInNetwork, parseNetwork } from '../../common/ip-address.js';
import type { Route } from '../compile/routing-model.js';
import { effectiveAcl, serializeAcl } from '../rules/acl.js';
import type { Acl } from '../rules/acl.js';
import { isHostOf, isPathBelow } from './route-verdict.js';

/** What a path has to be: below a prefix, begin with a text, or exactly this. */
interface PathCondition {
  readonly way: 'below' | 'begins' | 'is';
  readonly text: string;
  readonly ignoreCase: boolean;
}

/** Requests that are taken together: all that is there must be true. `null` = any. */
export interface Condition {
  /** A lower-case name, or `*.…`. */
  readonly host: string | null;
  readonly path: PathCondition | null;
  readonly acl: Acl | null;
}

const folded = (text: string): string => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

function isHostTest({ fetch, args, converters, method }: Acl): boolean {
  return (
    fetch === 'req.hdr' &&
    args.toLowerCase() === 'host' &&
    converters.join() === 'field(1,:)' &&
    (method === 'str' || method === 'end')
  );
}

/** The conditions that an ACL stands for, one per pattern, where it says no more than which host or which path. */
function conditionsOfAcl(acl: Acl): readonly Pick<Condition, 'host' | 'path' | 'acl'>[] {
  const { fetch, converters, method, ignoreCase, patterns } = effectiveAcl(acl);
  // Host names that are compared with regard to case are as good as names: clients send them in lower case
  if (isHostTest(effectiveAcl(acl))) {
    if (method === 'str') return patterns.map((host) => ({ host: folded(host), path: null, acl: null }));
    if (patterns.every((end) => end.startsWith('.'))) {
      return patterns.map((end) => ({ host: `*${folded(end)}`, path: null, acl: null }));
    }
  }
  if (fetch === 'path' && converters.length === 0 && (method === undefined || method === 'str' || method === 'beg')) {
    const way = method === 'beg' ? 'begins' : 'is';
    return patterns.map((text) => ({ host: null, path: { way, text, ignoreCase }, acl: null }));
  }
  return [{ host: null, path: null, acl: { ...effectiveAcl(acl) } }];
}

/** The conditions of a route: it takes what fits one of them. */
export function conditionsOf({ host, path, ignoreCase, acl }: Route): readonly Condition[] {
  const own: Condition = { host, path: path === null ? null : { way: 'below', text: path, ignoreCase }, acl: null };
  if (acl === null) return [own];
  return conditionsOfAcl(acl).map((one): Condition => {
    // Where both say something of the same, what the route itself says is taken, and the ACL stays a test of its own
    const isFree = (one.host === null || own.host === null) && (one.path === null || own.path === null);
    return isFree
      ? { host: one.host ?? own.host, path: one.path ?? own.path, acl: one.acl }
      : { ...own, acl: effectiveAcl(acl) };
  });
}

/** Whether every host of the second is one of the first. */
function coversHost(wide: string | null, narrow: string | null): boolean {
  if (wide === null || wide === narrow) return true;
  if (narrow === null || !wide.startsWith('*.')) return false;
  return narrow.startsWith('*.') ? narrow.endsWith(wide.slice(1)) : isHostOf(wide, narrow);
}

function coversPath(wide: PathCondition | null, narrow: PathCondition | null): boolean {
  if (wide === null || (wide.way !== 'is' && wide.text === '/')) return true;
  if (narrow === null) return false;
  if (narrow.ignoreCase && !wide.ignoreCase && /[A-Za-z]/.test(narrow.text)) return false;
  const [prefix, text] = wide.ignoreCase ? [folded(wide.text), folded(narrow.text)] : [wide.text, narrow.text];
  switch (wide.way) {
    case 'is':
      return narrow.way === 'is' && text === prefix;
    case 'begins':
      return text.startsWith(prefix);
    case 'below':
      // What only begins like it may go on within the segment
      return narrow.way === 'begins' ? text.startsWith(`${prefix.replace(/\/+$/, '')}/`) : isPathBelow(prefix, text);
  }
}

/** Whether whatever fits the second pattern fits the first, compared in the same way. */
function coversPattern(method: Acl['method'], wide: string, narrow: string): boolean {
  switch (method) {
    case 'beg':
      return narrow.startsWith(wide);
    case 'end':
      return narrow.endsWith(wide);
    case 'sub':
      return narrow.includes(wide);
    case 'ip': {
      const [outer, inner] = [parseNetwork(wide), parseNetwork(narrow)];
      if (outer === undefined || inner === undefined) return wide === narrow;
      return outer.bits <= inner.bits && isInNetwork(inner.octets, outer);
    }
    case undefined:
    case 'found':
    case 'bool':
    case 'int':
    case 'len':
    case 'str':
    case 'dir':
    case 'dom':
    case 'reg':
      return wide === narrow;
  }
}

/** Whether every request that fits the second ACL certainly fits the first. */
function coversAcl(wide: Acl | null, narrow: Acl | null): boolean {
  if (wide === null) return true;
  if (narrow === null || criterionOf(wide) !== criterionOf(narrow)) return false;
  if (wide.method === 'found') return true;
  // Numbers with operators are a matter of their order
  const isOrdered = wide.patterns.some((pattern) => /^(?:eq|ge|gt|le|lt)$/.test(pattern));
  if (isOrdered) return serializeAcl(wide) === serializeAcl(narrow);
  const isAddress = wide.fetch === 'src' || wide.fetch === 'dst' || wide.fetch.endsWith('hdr_ip');
  const method = wide.method ?? (isAddress ? 'ip' : undefined);
  const narrowMethod = narrow.method ?? (isAddress ? 'ip' : undefined);
  const isSame = (method ?? 'str') === (narrowMethod ?? 'str');
  // A whole text that begins with a pattern is among those that do
  const isWhole = (narrowMethod ?? 'str') === 'str' && (method === 'beg' || method === 'end' || method === 'sub');
  if (!isSame && !isWhole) return false;
  if (narrow.ignoreCase && !wide.ignoreCase) return false;
  const fold = (text: string): string => (wide.ignoreCase && method !== 'reg' ? folded(text) : text);
  return narrow.patterns.every((one) => wide.patterns.some((other) => coversPattern(method, fold(other), fold(one))));
}

/** What an ACL looks at, without how it compares: only ACLs with the same one can be held against each other. */
export function criterionOf({ fetch, args, converters }: Acl): string {
  return `${fetch}(${args.toLowerCase()}),${converters.join(',')}`;
}

/** Whether every request that fits the second condition certainly fits the first. Pure. */
export function covers(wide: Condition, narrow: Condition): boolean {
  return coversHost(wide.host, narrow.host) && coversPath(wide.path, narrow.path) && coversAcl(wide.acl, narrow.acl);
}
