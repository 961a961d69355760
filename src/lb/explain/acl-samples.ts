import { octetsOf } from '../../common/ip-address.js';
import type { AskedRequest } from './asked-request.js';

/**
 * One value that a criterion takes out of a request. Texts are octets, one character each, as HAProxy compares them: `ä` is two.
 */
export type Sample =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'method'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'address'; readonly octets: Buffer };

/** What there is to be compared: any number of values, or why nobody can say without the connection. */
export type Samples = readonly Sample[] | { readonly unknown: string };

/** The octets of a text, each as one character. */
export function octetText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

const text = (value: string): Sample => ({ kind: 'text', text: octetText(value) });

/** The elements of a list as headers have it: commas in double quotes do not separate. */
function listElements(line: string): string[] {
  const elements: string[] = [];
  let start = 0;
  let quoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const c = line.charAt(i);
    if (quoted && c === '\\') i += 1;
    else if (c === '"') quoted = !quoted;
    else if (c === ',' && !quoted) {
      elements.push(line.slice(start, i));
      start = i + 1;
    }
  }
  elements.push(line.slice(start));
  return elements.map((element) => element.trim());
}

function linesOf(request: AskedRequest, name: string): readonly string[] {
  const lower = name.toLowerCase();
  if (lower === 'host') return request.host === null ? [] : [request.host];
  return request.headers.get(lower) ?? [];
}

/** All values, or the one that `name,-1` asks for: from 1 on, or from the last one backwards. */
function chosen(values: readonly string[], occurrence: string | undefined): readonly string[] {
  const number = Number(occurrence ?? '0');
  if (number === 0) return values;
  const value = values[number > 0 ? number - 1 : values.length + number];
  return value === undefined ? [] : [value];
}

/** Values of the header that the arguments name: `x-forwarded-for`, `x-forwarded-for,-1`. */
function headerValues(request: AskedRequest, args: string, way: 'elements' | 'lines'): readonly string[] {
  const [name = '', occurrence] = args.split(',');
  const lines = linesOf(request, name);
  return chosen(way === 'lines' ? lines : lines.flatMap(listElements), occurrence);
}

function cookieValues(request: AskedRequest, name: string): readonly string[] {
  return linesOf(request, 'cookie').flatMap((line) =>
    line.split(';').flatMap((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 0 || pair.slice(0, equals).trim() !== name) return [];
      return [pair.slice(equals + 1).trim()];
    }),
  );
}

function parameterValues({ query }: AskedRequest, args: string): readonly string[] {
  const [name = ''] = args.split(',');
  return (query ?? '')
    .split(/[&;?]/)
    .flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : []));
}

/** Whole numbers among values; what is none makes HAProxy's reading of it a matter of its version. */
function integers(values: readonly string[]): Samples {
  if (!values.every((value) => /^-?\d{1,15}$/.test(value))) return { unknown: 'a value is not a whole number' };
  return values.map((value) => ({ kind: 'integer', value: Number(value) }));
}

/** Addresses among values; others are passed over. */
function addresses(values: readonly string[]): Samples {
  return values.flatMap((value): Sample[] => {
    const octets = octetsOf(value);
    return octets === undefined ? [] : [{ kind: 'address', octets }];
  });
}

const withHost = (request: AskedRequest): string => `${request.host ?? ''}${request.path}`;

type Fetch = (request: AskedRequest, args: string) => Samples;

const elements: Fetch = (request, args) => headerValues(request, args, 'elements').map(text);
const elementCount: Fetch = (request, args) => [
  { kind: 'integer', value: headerValues(request, args, 'elements').length },
];
const elementIntegers: Fetch = (request, args) => integers(headerValues(request, args, 'elements'));
const elementAddresses: Fetch = (request, args) => addresses(headerValues(request, args, 'elements'));
const cookies: Fetch = (request, args) => cookieValues(request, args).map(text);
const parameters: Fetch = (request, args) => parameterValues(request, args).map(text);

/** How each criterion that a rule may have (`parseAcl`) reads a request. */
const fetches: Readonly<Record<string, Fetch>> = {
  base: (request) => [text(withHost(request))],
  cook: cookies,
  dst: () => ({ unknown: 'the address that the client connects to is not given' }),
  dst_port: ({ port }) => [{ kind: 'integer', value: port }],
  hdr: elements,
  hdr_cnt: elementCount,
  hdr_ip: elementAddresses,
  hdr_val: elementIntegers,
  method: ({ method }) => [{ kind: 'method', text: method }],
  path: ({ path }) => [text(path)],
  query: ({ query }) => (query === null ? [] : [text(query)]),
  'req.cook': cookies,
  'req.fhdr': (request, args) => headerValues(request, args, 'lines').map(text),
  'req.hdr': elements,
  'req.hdr_cnt': elementCount,
  'req.hdr_ip': elementAddresses,
  'req.hdr_val': elementIntegers,
  'req.ver': () => ({ unknown: 'the version of HTTP that the client speaks is not given' }),
  src: ({ source }) => {
    const octets = source === null ? undefined : octetsOf(source);
    return octets === undefined
      ? { unknown: "the client's address is not given (src=)" }
      : [{ kind: 'address', octets }];
  },
  src_port: () => ({ unknown: "the client's port is not given" }),
  ssl_fc: ({ isSecure }) => [{ kind: 'boolean', value: isSecure }],
  ssl_fc_sni: ({ isSecure, sni }) => (isSecure && sni !== null ? [text(sni)] : []),
  url: ({ isSecure, path, query }) =>
    isSecure
      ? { unknown: 'clients of HTTP/2 send a whole URL, others only the path' }
      : [text(query === null ? path : `${path}?${query}`)],
  url_param: parameters,
  urlp: parameters,
};

/** The values that a criterion (`hdr` with `host`) takes out of a request, before its converters. */
export function samplesOf(request: AskedRequest, fetch: string, args: string): Samples {
  const read = Object.hasOwn(fetches, fetch) ? fetches[fetch] : undefined;
  return read === undefined ? { unknown: `"${fetch}" cannot be looked at here` } : read(request, args);
}
