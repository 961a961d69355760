import type { IncomingHttpHeaders } from 'node:http';

/** Names and values in turn, as Node has them of a message that it has read: in order, in their own case, repeated ones too. */
export type RawHeaders = readonly string[];

/** Each scheduler that a request has passed adds `1.1 host:port` to it (marathon.md §1.2). */
export const viaHeader = 'X-Marathon-Via';

/** What a scheduler at `address` adds. */
export function viaEntry(address: string): string {
  return `1.1 ${address}`;
}

/** Whether a request has passed the scheduler at `address` already. */
export function hasPassed(headers: IncomingHttpHeaders, address: string): boolean {
  const via = [headers[viaHeader.toLowerCase()] ?? []].flat().join(',');
  return via.split(',').some((entry) => entry.trim() === viaEntry(address));
}

/** What concerns one connection and no further one (RFC 9110 §7.6.1), besides the headers that `Connection` names. */
const ofConnection = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** What a request says anew on its next connection: whom it is for, how its body is framed, and by which addresses it came. */
const saidAnew = ['host', 'content-length', 'expect', 'x-forwarded-for'];

/** The headers but those named in `dropped` (in lower case) and those that concern the connection alone. */
function passed(raw: RawHeaders, connection: string | undefined, dropped: readonly string[]): string[] {
  const named = (connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const left = new Set([...ofConnection, ...named, ...dropped]);
  const result: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (!left.has(name.toLowerCase())) result.push(name, raw[index + 1] ?? '');
  }
  return result;
}

/** A request whose headers are passed on. */
export interface PassedRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: RawHeaders;
  /** The address that it came from; undefined when its connection is gone. */
  readonly from: string | undefined;
  /** A browser sends it for a page of this very server. */
  readonly isOwnPage: boolean;
}

/** Whether a request has a body: one of no bytes is none. */
export function hasBody({ headers }: Pick<PassedRequest, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Requests that have no body as a rule, and then say nothing of it. */
const withoutBody: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

/** How the body of a request is framed on the way to the leader: as it came. */
function framing({ method, headers }: PassedRequest): readonly string[] {
  const length = headers['content-length'];
  if (headers['transfer-encoding'] !== undefined) return ['Transfer-Encoding', 'chunked'];
  if (length !== undefined) return ['Content-Length', length];
  return withoutBody.has(method) ? [] : ['Content-Length', '0'];
}

/**
 * The headers of a request on its way to the leader at `leader`, by way of the scheduler at `own`. The `Origin` of this scheduler's own
 * pages is left out: the leader would compare it with its own address, and take the page for a foreign one.
 */
export function headersForLeader(request: PassedRequest, leader: string, own: string): string[] {
  const { headers, rawHeaders, from, isOwnPage } = request;
  const dropped = isOwnPage ? [...saidAnew, 'origin'] : saidAnew;
  const forwardedFor = [headers['x-forwarded-for'] ?? [], from ?? []].flat().join(', ');
  return [
    'Host',
    leader,
    ...passed(rawHeaders, headers.connection, dropped),
    ...framing(request),
    ...(forwardedFor === '' ? [] : ['X-Forwarded-For', forwardedFor]),
    viaHeader,
    viaEntry(own),
  ];
}

/** The headers of the leader's answer on its way to the client, by way of the scheduler at `own`. */
export function headersForClient(rawHeaders: RawHeaders, connection: string | undefined, own: string): string[] {
  return [...passed(rawHeaders, connection, []), viaHeader, viaEntry(own)];
}
