import type { ServerLine } from '../plan/server-lines.js';
import { parseEndpoint, readServerWords } from '../plan/server-words.js';
import { parseServerStates } from './runtime/read-back.js';

const running = 2;
/** `srv_uweight` and `srv_iweight`. */
const weightFields = [7, 8] as const;

/**
 * What a new process needs to know of the servers of the one that it replaces, as the file that HAProxy loads: those that are down,
 * or that somebody has taken out by hand, so that they do not get requests until they have been checked anew. `answer` is what the
 * old one says to `show servers state`; `servers` are those of the new configuration, asked for only if there is something to say.
 * Servers that are elsewhere now, or that the configuration itself takes in or out, begin anew.
 */
export function serverStateText(
  answer: string,
  servers: () => ReadonlyMap<string, ReadonlyMap<string, ServerLine>>,
  before: () => ReadonlyMap<string, ReadonlyMap<string, ServerLine>>,
): string {
  const { heading, states } = parseServerStates(answer);
  const lines: string[] = [];
  const told = states.filter(({ operational, admin }) => operational !== running || admin !== 0);
  const [now, old] = told.length === 0 ? [new Map<string, never>(), new Map<string, never>()] : [servers(), before()];
  for (const { backend, server, address, port, fields } of told) {
    const next = now.get(backend)?.get(server);
    const known = old.get(backend)?.get(server);
    const endpoint = next === undefined ? undefined : parseEndpoint(next.endpoint);
    if (next === undefined || known === undefined || endpoint?.address !== address || endpoint.port !== port) continue;
    const [wanted, had] = [readServerWords(next.words), readServerWords(known.words)];
    if (wanted.disabled || had.disabled) continue;
    const line = [...fields];
    for (const field of weightFields) line[field] = String(wanted.weight);
    lines.push(line.join(' '));
  }
  return ['1', heading, ...lines, ''].join('\n');
}
