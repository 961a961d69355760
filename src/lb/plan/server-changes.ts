import type { RuntimeChange } from './runtime-change.js';
import { parseServerLine } from './server-lines.js';
import type { ServerLine } from './server-lines.js';
import { addingProblem, parseEndpoint, readServerWords } from './server-words.js';

/** A `backend` or `listen` section, with what the `defaults` above it say. */
export interface ServerSection {
  readonly title: string;
  /** Without indentation, comments and empty lines. */
  readonly lines: readonly string[];
  readonly defaults: readonly string[];
}

/** What is different between two sections of the same name. */
export interface SectionDifference {
  readonly changes: readonly RuntimeChange[];
  /** Why a running process cannot be told; then `changes` are to be left alone. */
  readonly reasons: readonly string[];
}

/** The generation is different whenever anything is: it is no reason. */
const isGeneration = (line: string): boolean => line.startsWith('description ');

/** The lines that are in one of them only, for people. */
export function lineReasons(title: string, before: readonly string[], after: readonly string[]): string[] {
  const old = new Set(before);
  const now = new Set(after);
  const added = after.filter((line) => !old.has(line) && !isGeneration(line));
  const removed = before.filter((line) => !now.has(line) && !isGeneration(line));
  const reasons = [...removed.map((line) => `${title}: - ${line}`), ...added.map((line) => `${title}: + ${line}`)];
  if (reasons.length > 0 || before.join('\n') === after.join('\n') || after.some(isGeneration)) return reasons;
  return [`${title}: the order of its lines`];
}

/** How a backend chooses among its servers, as far as it bears on changing them. */
type Choice = 'dynamic' | 'fixed' | 'in-order';

const hashing = /^(source|uri|url_param|hdr\b|rdp-cookie|hash\b)/;

const lastOf = (lines: readonly string[], keyword: string): string | undefined =>
  lines.findLast((line) => line === keyword || line.startsWith(`${keyword} `))?.slice(keyword.length + 1);

function choiceOf({ lines, defaults }: ServerSection): Choice {
  const all = [...defaults, ...lines];
  const balance = lastOf(all, 'balance') ?? 'roundrobin';
  if (balance === 'static-rr') return 'fixed';
  if (balance === 'first') return 'in-order';
  if (!hashing.test(balance)) return 'dynamic';
  return lastOf(all, 'hash-type')?.startsWith('consistent') === true ? 'dynamic' : 'fixed';
}

/** Whether the cookies of its servers come from their addresses. */
export function hasDynamicCookie({ lines, defaults }: ServerSection): boolean {
  return (
    lastOf([...defaults, ...lines], 'cookie')
      ?.split(/\s+/)
      .includes('dynamic') === true
  );
}

/** The words of all `default-server` lines, which `add server` does not regard; undefined when one of them stands behind a server. */
export function defaultWords({ lines, defaults }: ServerSection): readonly string[] | undefined {
  const isDefault = (line: string): boolean => /^default-server[ \t]/.test(line);
  const first = lines.findIndex((line) => parseServerLine(line) !== undefined);
  if (first !== -1 && lines.slice(first).some(isDefault)) return undefined;
  return [...defaults, ...lines].filter(isDefault).flatMap((line) => line.split(/[ \t]+/).slice(1));
}

/** `shop` of `backend shop` or `listen shop`; undefined for other sections. */
export function backendOf(title: string): string | undefined {
  return /^(?:backend|listen)[ \t]+(\S+)/.exec(title)?.[1];
}

/** The servers of a section by name, and its other lines. */
export function splitServers(lines: readonly string[]): {
  servers: Map<string, ServerLine>;
  others: string[];
  count: number;
} {
  const servers = new Map<string, ServerLine>();
  const others: string[] = [];
  let count = 0;
  for (const line of lines) {
    const server = parseServerLine(line);
    if (server === undefined) {
      others.push(line);
      continue;
    }
    servers.set(server.name, server);
    count += 1;
  }
  return { servers, others, count };
}

const shown = ({ name, endpoint, words }: ServerLine): string => ['server', name, endpoint, ...words].join(' ');

/** How a server is taken away: `words` are all that hold for it. */
export function withdrawal(
  backend: string,
  { name, endpoint }: Pick<ServerLine, 'name' | 'endpoint'>,
  words: readonly string[],
): RuntimeChange {
  const state = words.includes('on-marked-down') ? 'drain' : 'maint';
  return { kind: 'withdraw-server', backend, server: name, endpoint, words, state };
}

/**
 * What a running process has to be told so that one backend's servers are those of another text. HAProxy can be given servers,
 * and relieved of them, where it chooses among them without a table made at its start; their weights and whether they are disabled
 * can always be changed. All else needs a new process.
 */
export function serverChanges(before: ServerSection, after: ServerSection): SectionDifference {
  const { title } = after;
  const backend = backendOf(title);
  const [old, now] = [splitServers(before.lines), splitServers(after.lines)];
  if (backend === undefined) return { changes: [], reasons: lineReasons(title, before.lines, after.lines) };
  const reasons = lineReasons(title, old.others, now.others);
  if (now.count > now.servers.size) reasons.push(`${title}: two servers of one name`);
  if (now.others.some((line) => line.startsWith('.'))) reasons.push(`${title}: its lines depend on conditions`);
  const inherited = defaultWords(after);
  const choice = choiceOf(after);
  const isSticky = hasDynamicCookie(after);
  const changes: RuntimeChange[] = [];
  const cannot = (server: ServerLine, why: string): void => {
    reasons.push(`${title}: + ${shown(server)} (${why})`);
  };

  for (const server of now.servers.values()) {
    const { name, endpoint, words } = server;
    const known = old.servers.get(name);
    const all = [...(inherited ?? []), ...words];
    const wanted = readServerWords(all);
    if (known === undefined) {
      const problem =
        choice !== 'dynamic'
          ? `"balance ${lastOf([...after.defaults, ...after.lines], 'balance') ?? ''}" keeps the servers that it starts with`
          : inherited === undefined
            ? 'default-server stands behind a server'
            : parseEndpoint(endpoint) === undefined
              ? `${endpoint} is not an address and port`
              : addingProblem(all);
      if (problem !== undefined) cannot(server, problem);
      else changes.push({ kind: 'add-server', backend, server: name, endpoint, words: all, isSticky });
      continue;
    }
    const had = readServerWords([...(inherited ?? []), ...known.words]);
    if (had.rest !== wanted.rest) {
      reasons.push(`${title}: - ${shown(known)}`, `${title}: + ${shown(server)}`);
      continue;
    }
    if (known.endpoint !== endpoint) {
      const problem = parseEndpoint(endpoint) === undefined || parseEndpoint(known.endpoint) === undefined;
      if (problem) cannot(server, `${endpoint} is not an address and port`);
      else changes.push({ kind: 'set-address', backend, server: name, endpoint });
    }
    if (had.weight !== wanted.weight) {
      if (choice === 'fixed' && wanted.weight !== 0) cannot(server, 'weights of a fixed table');
      else changes.push({ kind: 'set-weight', backend, server: name, weight: wanted.weight });
    }
    if (had.disabled !== wanted.disabled) {
      changes.push({ kind: 'set-state', backend, server: name, state: wanted.disabled ? 'maint' : 'ready' });
    }
  }
  for (const server of old.servers.values()) {
    if (!now.servers.has(server.name))
      changes.push(withdrawal(backend, server, [...(inherited ?? []), ...server.words]));
  }
  if (choice !== 'dynamic') {
    const order = (servers: ReadonlyMap<string, ServerLine>, other: ReadonlyMap<string, ServerLine>): string =>
      [...servers.keys()].filter((name) => other.has(name)).join(' ');
    if (order(old.servers, now.servers) !== order(now.servers, old.servers)) {
      reasons.push(`${title}: the order of its servers`);
    }
  }
  return { changes, reasons };
}
