import { Defaults } from './defaults.js';
import type { Planned } from './plan.js';
import type { RuntimeChange } from './runtime-change.js';
import { sectionParts, sectionsOf } from './sections.js';
import { backendOf, defaultWords, hasDynamicCookie, splitServers, withdrawal } from './server-changes.js';
import { serversByBackend } from './server-lines.js';
import { parseEndpoint, readServerWords } from './server-words.js';

/** A server as the running process tells it. */
export interface ActualServer {
  /** undefined: it has none yet, or none at all (a socket). */
  readonly address: string | undefined;
  readonly port: number;
  /** Somebody has told it to get nothing: `maint`, not even from clients that stick to it. */
  readonly told: 'ready' | 'drain' | 'maint';
  readonly weight: number;
}

/** Servers by backend and name. */
export type ActualServers = ReadonlyMap<string, ReadonlyMap<string, ActualServer>>;

/** `::1` and `0:0:0:0:0:0:0:1` are the same; HAProxy tells the short one. */
function isAt(actual: ActualServer, endpoint: string): boolean {
  const wanted = parseEndpoint(endpoint);
  if (wanted === undefined) return true;
  if (wanted.port !== actual.port) return false;
  const normal = (address: string): string => address.toLowerCase().replaceAll(/\b0+(?=[0-9a-f])/g, '');
  return actual.address !== undefined && normal(wanted.address) === normal(actual.address);
}

/**
 * What has to be told to a process, from what it says itself of its servers, so that they are those of `next`, which has the same
 * structure as what it runs. `known` is what it was last known to run: a server of both that somebody has taken out by hand is left
 * as it is, but one that only `next` has was taken out by a load balancer and is wanted again.
 */
export function reconcile(actual: ActualServers, known: Planned, next: Planned): RuntimeChange[] {
  const changes: RuntimeChange[] = [];
  const before = serversByBackend(known.text);
  const defaults = new Defaults(next.text);
  for (const { start, end } of sectionParts(next.text)) {
    const [section] = sectionsOf(next.text.slice(start, end));
    const backend = backendOf(section?.title ?? '');
    const found = backend === undefined ? undefined : actual.get(backend);
    if (section === undefined || backend === undefined) continue;
    const full = { ...section, defaults: defaults.linesFor(section.title, start) };
    const { servers, others } = splitServers(section.lines);
    const inherited = defaultWords(full) ?? [];
    for (const { name, endpoint, words } of servers.values()) {
      const all = [...inherited, ...words];
      const { weight, disabled } = readServerWords(all);
      const is = found?.get(name);
      if (is === undefined) {
        changes.push({
          kind: 'add-server',
          backend,
          server: name,
          endpoint,
          words: all,
          isSticky: hasDynamicCookie(full),
        });
        continue;
      }
      if (!isAt(is, endpoint)) changes.push({ kind: 'set-address', backend, server: name, endpoint });
      if (is.weight !== weight) changes.push({ kind: 'set-weight', backend, server: name, weight });
      const wasDisabled = before.get(backend)?.get(name)?.words.includes('disabled');
      const state = disabled ? 'maint' : 'ready';
      const isOwn = disabled || wasDisabled !== false;
      if (is.told !== state && isOwn) changes.push({ kind: 'set-state', backend, server: name, state });
    }
    if (found === undefined || others.some((line) => /^server-template[ \t]/.test(line))) continue;
    for (const [name, { address, port }] of found) {
      if (servers.has(name)) continue;
      const words = before.get(backend)?.get(name)?.words ?? [];
      const endpoint = before.get(backend)?.get(name)?.endpoint ?? `${address ?? ''}:${port}`;
      changes.push(withdrawal(backend, { name, endpoint }, [...inherited, ...words]));
    }
  }
  return changes;
}
