/** A request that somebody asks about. What a client would send, as far as it is given; nothing is guessed but what is said here. */
export interface AskedRequest {
  /** As in the `Host` header, possibly with a port; null = the header is absent. */
  readonly host: string | null;
  /** Begins with `/`; without the query. */
  readonly path: string;
  /** Without the `?`; null = there is none. */
  readonly query: string | null;
  readonly method: string;
  /** Lines by their name in lower case; `host` is not among them. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** The port that the client connects to. */
  readonly port: number;
  /** The connection is TLS. */
  readonly isSecure: boolean;
  /** The name that the client asks for in TLS; null = none. */
  readonly sni: string | null;
  /** The client's address; null = not given. */
  readonly source: string | null;
}

/** A question that cannot be understood; the message is for whoever asked. */
export class QuestionError extends Error {
  override readonly name = 'QuestionError';
}

const maxHeaders = 100;
const maxLength = 8_192;
const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const control = /[\u0000-\u001f\u007f]/;

/** One line of a header out of `Name: value`. Throws QuestionError. */
function readHeader(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).trim();
  const value = line.slice(colon + 1).trim();
  if (colon < 1 || !token.test(name)) throw new QuestionError(`header: "${line.slice(0, 100)}" is not Name:value`);
  if (value.length > maxLength || control.test(value)) {
    throw new QuestionError(
      `header: the value of ${name} has a control character or more than ${maxLength} characters`,
    );
  }
  return [name.toLowerCase(), value];
}

/** The lines of all headers by name. Throws QuestionError. */
export function readHeaders(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  if (lines.length > maxHeaders) throw new QuestionError(`header: at most ${maxHeaders} are possible`);
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const [name, value] = readHeader(line);
    const values = headers.get(name) ?? [];
    values.push(value);
    headers.set(name, values);
  }
  return headers;
}

/** Path and query of what a client asks for: `/a?b=c`, or a whole URL. Throws QuestionError. */
export function readTarget(text: string): Pick<AskedRequest, 'path' | 'query'> {
  const written = text === '' ? '/' : text;
  const target = /^https?:\/\/[^/?#]*/i.test(written) ? written.replace(/^https?:\/\/[^/?#]*/i, '') : written;
  const [whole = ''] = target.split('#');
  const mark = whole.indexOf('?');
  const path = mark < 0 ? whole : whole.slice(0, mark);
  const query = mark < 0 ? null : whole.slice(mark + 1);
  const rooted = path === '' ? '/' : path;
  if (!rooted.startsWith('/')) throw new QuestionError(`path: "${text.slice(0, 100)}" does not begin with /`);
  if (whole.length > maxLength || control.test(whole)) {
    throw new QuestionError(`path: has a control character or more than ${maxLength} characters`);
  }
  // A client sends what is not ASCII, and blanks, in percent-encoding
  const encoded = (part: string): string => part.replace(/[^\u0021-\u007e]+/g, encodeUnpaired);
  return { path: encoded(rooted), query: query === null ? null : encoded(query) };
}

function encodeUnpaired(text: string): string {
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}

/** A `Host` header. Throws QuestionError. */
export function readHost(text: string): string | null {
  const host = text.trim();
  if (host === '') return null;
  if (host.length > 512 || /[\s/?#@,\\]/.test(host) || control.test(host)) {
    throw new QuestionError(`host: "${host.slice(0, 100)}" is not a host name`);
  }
  return host;
}

/** The name in a `Host` header as routes are looked up by: in lower case, without the port and dots at the end. */
export function hostNameOf(host: string): string {
  return (host.split(':')[0] ?? '').toLowerCase().replace(/\.+$/, '');
}
