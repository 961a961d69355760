import { createHash } from 'node:crypto';

/** A line `server NAME ENDPOINT words…` of a backend, from any template. */
export interface ServerLine {
  readonly name: string;
  /** As it is written, e.g. `10.0.0.1:31001`. */
  readonly endpoint: string;
  /** Behind the endpoint, as they are written, without a comment. */
  readonly words: readonly string[];
}

const sectionLine =
  /^[ \t]*(global|defaults|frontend|backend|listen|userlist|peers|resolvers|cache|mailers|program|http-errors|ring|log-forward)\b[ \t]*(\S*)/;
const serverStart = /^[ \t]*server[ \t]/;

/** An empty line or a comment. */
function isRemark(line: string): boolean {
  return /^[ \t]*(#|$)/.test(line);
}

/** What a line says about a server; undefined when it is no `server` line. */
export function parseServerLine(line: string): ServerLine | undefined {
  if (!serverStart.test(line)) return undefined;
  const words = line.trim().split(/[ \t]+/);
  const comment = words.findIndex((word) => word.startsWith('#'));
  const [, name, endpoint, ...rest] = comment === -1 ? words : words.slice(0, comment);
  return name === undefined || endpoint === undefined ? undefined : { name, endpoint, words: rest };
}

/** Calls back for every line; `backend` is the name of the `backend` or `listen` section that it stands in, if it does. */
function eachLine(text: string, visit: (line: string, backend: string | undefined) => void): void {
  let backend: string | undefined;
  for (let start = 0; start <= text.length;) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end === -1 ? text.length : end);
    const section = sectionLine.exec(line);
    if (section !== null) backend = section[1] === 'backend' || section[1] === 'listen' ? section[2] : undefined;
    visit(line, backend);
    if (end === -1) break;
    start = end + 1;
  }
}

/** The servers of every backend by name, in their order; a backend without any has an empty map. */
export function serversByBackend(text: string): Map<string, Map<string, ServerLine>> {
  const backends = new Map<string, Map<string, ServerLine>>();
  eachLine(text, (line, backend) => {
    if (backend === undefined) return;
    let servers = backends.get(backend);
    if (servers === undefined) backends.set(backend, (servers = new Map<string, ServerLine>()));
    const server = parseServerLine(line);
    if (server !== undefined) servers.set(server.name, server);
  });
  return backends;
}

/** The text without remarks and the servers of its backends: what a running process cannot be told, but has to be replaced for. */
export function skeletonOf(text: string): string {
  const kept: string[] = [];
  eachLine(text, (line, backend) => {
    if (!isRemark(line) && (backend === undefined || parseServerLine(line) === undefined)) kept.push(line);
  });
  return kept.join('\n');
}

/** How much of two texts is the same, counted from the start. */
function commonStart(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  // Whole pieces are compared by the engine, the last one character by character.
  const piece = 4_096;
  let at = 0;
  while (at + piece <= limit && a.slice(at, at + piece) === b.slice(at, at + piece)) at += piece;
  while (at < limit && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

/** How much is the same, counted from the end, of what lies behind `start`. */
function commonEnd(a: string, b: string, start: number): number {
  const limit = Math.min(a.length, b.length) - start;
  const piece = 4_096;
  let count = 0;
  while (
    count + piece <= limit &&
    a.slice(a.length - count - piece, a.length - count) === b.slice(b.length - count - piece, b.length - count)
  ) {
    count += piece;
  }
  while (count < limit && a.charCodeAt(a.length - 1 - count) === b.charCodeAt(b.length - 1 - count)) count += 1;
  return count;
}

/** The lines, whole, in which two texts are different: `[from, to)` of each. undefined when they are equal. */
export function differentLines(
  before: string,
  after: string,
): { readonly before: readonly [number, number]; readonly after: readonly [number, number] } | undefined {
  if (before === after) return undefined;
  const start = commonStart(before, after);
  const from = start === 0 ? 0 : before.lastIndexOf('\n', start - 1) + 1;
  const end = commonEnd(before, after, from);
  // The part that is equal at the end has to begin behind a line's end in both texts.
  const newline = before.indexOf('\n', before.length - end);
  const isWhole = end > 0 && before[before.length - end - 1] === '\n' && after[after.length - end - 1] === '\n';
  const kept = isWhole ? end : newline === -1 ? 0 : before.length - newline - 1;
  return { before: [from, before.length - kept], after: [from, after.length - kept] };
}

/** A text whose skeleton's hash is known. */
export interface Hashed {
  readonly text: string;
  readonly hash: string;
}

/** The line at an offset, without its end; undefined behind the last one. */
function lineAt(text: string, offset: number): string | undefined {
  if (offset >= text.length) return undefined;
  const end = text.indexOf('\n', offset);
  return text.slice(offset, end === -1 ? text.length : end);
}

/** Whether an offset is in a `backend` or `listen` section. */
function isInBackend(text: string, offset: number): boolean {
  for (let end = offset - 1; end > 0;) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const section = sectionLine.exec(text.slice(start, end));
    if (section !== null) return section[1] === 'backend' || section[1] === 'listen';
    end = start - 1;
  }
  return false;
}

/** Whether two texts are the same but for servers. Costs little more than what is different. */
export function haveSameSkeleton(a: string, b: string): boolean {
  const isServer = (text: string, offset: number, line: string | undefined): boolean =>
    line !== undefined && (isRemark(line) || (parseServerLine(line) !== undefined && isInBackend(text, offset)));
  const piece = 4_096;
  let [i, j] = [0, 0];
  for (;;) {
    const from = i;
    while (i + piece <= a.length && j + piece <= b.length && a.slice(i, i + piece) === b.slice(j, j + piece)) {
      i += piece;
      j += piece;
    }
    if (i > from) {
      const back = i - (a.lastIndexOf('\n', i - 1) + 1);
      i -= back;
      j -= back;
    }
    const [ofA, ofB] = [lineAt(a, i), lineAt(b, j)];
    if (ofA === undefined && ofB === undefined) return true;
    if (ofA === ofB) {
      i += (ofA?.length ?? 0) + 1;
      j += (ofB?.length ?? 0) + 1;
    } else if (isServer(a, i, ofA)) {
      i += (ofA?.length ?? 0) + 1;
    } else if (isServer(b, j, ofB)) {
      j += (ofB?.length ?? 0) + 1;
    } else {
      return false;
    }
  }
}

/** Hash of the skeleton: equal as long as only servers were added, removed or changed. With `before` it is seldom made anew. */
export function skeletonHash(text: string, before?: Hashed): string {
  if (before !== undefined && haveSameSkeleton(before.text, text)) return before.hash;
  return createHash('sha256').update(skeletonOf(text)).digest('hex').slice(0, 16);
}
