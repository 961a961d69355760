import { parseIpAddress } from '../../common/ip-address.js';
import { AclError, quoteWord, splitWords } from './acl-words.js';

/** How patterns are compared (HAProxy's `-m`). */
export type MatchMethod =
  'found' | 'bool' | 'int' | 'ip' | 'len' | 'str' | 'beg' | 'sub' | 'dir' | 'dom' | 'end' | 'reg';

const matchMethods: ReadonlySet<string> = new Set([
  'found',
  'bool',
  'int',
  'ip',
  'len',
  'str',
  'beg',
  'sub',
  'dir',
  'dom',
  'end',
  'reg',
]);

/** A rule's ACL, understood: HAProxy's `<criterion> [flags] [patterns]`. */
export interface Acl {
  /** The sample fetch without its suffix: `hdr`, `path`, `src` … */
  readonly fetch: string;
  /** What stands in its parentheses; empty without. */
  readonly args: string;
  /** Converters with their arguments, in order: `lower`, `field(1,:)`. */
  readonly converters: readonly string[];
  /** From the suffix (`path_beg`) or `-m`; undefined = the fetch's own way. */
  readonly method: MatchMethod | undefined;
  readonly ignoreCase: boolean;
  readonly patterns: readonly string[];
}

/** Matching suffixes that HAProxy knows of text fetches: `path_beg` is `path -m beg`. */
const suffixes: readonly MatchMethod[] = ['str', 'beg', 'dir', 'dom', 'end', 'len', 'reg', 'sub'];

interface FetchRule {
  /** Its arguments: none, one needed, or one allowed. */
  readonly args: 'none' | 'needed' | 'optional';
  readonly kind: 'text' | 'integer' | 'boolean' | 'address';
}

/**
 * The sample fetches that a rule may use: what a request says and where it comes from. Nothing that reads files, the
 * environment, variables, other backends or runs code.
 */
const fetches: Readonly<Record<string, FetchRule>> = {
  base: { args: 'none', kind: 'text' },
  cook: { args: 'needed', kind: 'text' },
  dst: { args: 'none', kind: 'address' },
  dst_port: { args: 'none', kind: 'integer' },
  hdr: { args: 'needed', kind: 'text' },
  hdr_cnt: { args: 'needed', kind: 'integer' },
  hdr_ip: { args: 'needed', kind: 'address' },
  hdr_val: { args: 'needed', kind: 'integer' },
  method: { args: 'none', kind: 'text' },
  path: { args: 'none', kind: 'text' },
  query: { args: 'none', kind: 'text' },
  'req.cook': { args: 'needed', kind: 'text' },
  'req.fhdr': { args: 'needed', kind: 'text' },
  'req.hdr': { args: 'needed', kind: 'text' },
  'req.hdr_cnt': { args: 'needed', kind: 'integer' },
  'req.hdr_ip': { args: 'needed', kind: 'address' },
  'req.hdr_val': { args: 'needed', kind: 'integer' },
  'req.ver': { args: 'none', kind: 'text' },
  src: { args: 'none', kind: 'address' },
  src_port: { args: 'none', kind: 'integer' },
  ssl_fc: { args: 'none', kind: 'boolean' },
  ssl_fc_sni: { args: 'none', kind: 'text' },
  url: { args: 'none', kind: 'text' },
  url_param: { args: 'needed', kind: 'text' },
  urlp: { args: 'needed', kind: 'text' },
};

/** Fetches that HAProxy knows with a matching suffix. */
const suffixed: ReadonlySet<string> = new Set(['base', 'cook', 'hdr', 'path', 'url', 'urlp']);

/** Converters that a rule may use, with what their parentheses may hold. */
const converters: Readonly<Record<string, RegExp>> = {
  field: /^-?\d{1,3},[:;/|.=&_-]$/,
  host_only: /^$/,
  length: /^$/,
  lower: /^$/,
  port_only: /^$/,
  upper: /^$/,
  url_dec: /^$/,
  word: /^-?\d{1,3},[:;/|.=&_-]$/,
};

const maxLength = 1024;
const maxPatterns = 40;
/** Header, cookie and parameter names (RFC 9110 tokens without what HAProxy's argument list gives a meaning), and an occurrence. */
const argsPattern = /^[A-Za-z0-9!$&*+.^_|~-]{1,128}(?:,-?\d{1,3})?$/;

const known = (names: Iterable<string>): string => [...names].join(', ');

interface Criterion {
  readonly name: string;
  readonly args: string;
  readonly hasArgs: boolean;
}

/** Splits `hdr(host),field(1,:)` at the commas outside parentheses. */
function splitCriterion(text: string): Criterion[] {
  const parts: Criterion[] = [];
  let rest = text;
  for (;;) {
    const match = /^([a-z][a-z0-9_.]*)(?:\(([^()]*)\))?(,|$)/.exec(rest);
    if (match === null) throw new AclError(`"${text}" is not a criterion such as hdr(host), path_beg or src`);
    parts.push({ name: match[1] ?? '', args: match[2] ?? '', hasArgs: match[2] !== undefined });
    rest = rest.slice(match[0].length);
    if (match[3] === '') return parts;
  }
}

function readFetch({ name, args, hasArgs }: Criterion): {
  fetch: string;
  rule: FetchRule;
  method: MatchMethod | undefined;
} {
  let fetch = name;
  let method: MatchMethod | undefined;
  if (!Object.hasOwn(fetches, name)) {
    const cut = name.lastIndexOf('_');
    const suffix = suffixes.find((s) => s === name.slice(cut + 1));
    if (cut > 0 && suffix !== undefined && suffixed.has(name.slice(0, cut))) {
      fetch = name.slice(0, cut);
      method = suffix;
    }
  }
  const rule = Object.hasOwn(fetches, fetch) ? fetches[fetch] : undefined;
  if (rule === undefined) {
    throw new AclError(
      `"${name}" cannot be used in a rule; known are ${known(Object.keys(fetches))}, and ${known(suffixed)} with _${suffixes.join(', _')}`,
    );
  }
  if (rule.args === 'none' && hasArgs) throw new AclError(`"${name}" takes nothing in parentheses`);
  if (rule.args === 'needed' && args === '') throw new AclError(`"${name}" needs a name in parentheses`);
  if (args !== '' && !argsPattern.test(args))
    throw new AclError(`"${name}(${args})" has unusual characters in its name`);
  return { fetch, rule, method };
}

function readConverter({ name, args }: Criterion): string {
  const allowed = Object.hasOwn(converters, name) ? converters[name] : undefined;
  if (allowed === undefined) {
    throw new AclError(`the converter "${name}" cannot be used in a rule; known are ${known(Object.keys(converters))}`);
  }
  if (!allowed.test(args)) throw new AclError(`"${args}" does not fit the converter "${name}"`);
  return args === '' ? name : `${name}(${args})`;
}

function checkAddress(pattern: string): void {
  const [address = '', mask, ...more] = pattern.split('/');
  const parsed = parseIpAddress(address);
  const bits = parsed?.family === 6 ? 128 : 32;
  const maskFits = mask === undefined || (/^\d{1,3}$/.test(mask) && Number(mask) <= bits);
  if (parsed === undefined || !maskFits || more.length > 0) {
    throw new AclError(`"${pattern}" is not an address or a network such as 10.0.0.0/8`);
  }
}

/**
 * Reads the text of a rule, HAProxy's ACL without `acl <name>`: `hdr(host) -i ghost.local`, `path_beg /api /v2`. One test on
 * the request; flags `-i`, `-m <method>`, `-n` and `--`. Throws AclError, for the person who wrote it, on everything else.
 */
export function parseAcl(text: string): Acl {
  if (text.length > maxLength) throw new AclError(`longer than ${maxLength} characters`);
  const [first, ...rest] = splitWords(text);
  if (first === undefined) throw new AclError('is empty: write a test such as hdr(host) -i app.example.com');
  const [criterion, ...conversions] = splitCriterion(first.text);
  if (criterion === undefined) throw new AclError('has no criterion');
  const { fetch, rule, method: ownMethod } = readFetch(criterion);
  const readConverters = conversions.map(readConverter);

  let method = ownMethod;
  let ignoreCase = false;
  let at = 0;
  for (; at < rest.length; at += 1) {
    const word = rest[at];
    if (word === undefined || !word.text.startsWith('-')) break;
    if (word.text === '--') {
      at += 1;
      break;
    }
    if (word.text === '-i') {
      ignoreCase = true;
    } else if (word.text === '-m') {
      const value = rest[at + 1]?.text ?? '';
      if (!matchMethods.has(value)) throw new AclError(`-m "${value}": known are ${known(matchMethods)}`);
      method = value as MatchMethod;
      at += 1;
    } else if (word.text !== '-n') {
      throw new AclError(
        `the flag "${word.text}" cannot be used in a rule (known are -i, -m, -n); put -- before a pattern that begins with "-"`,
      );
    }
  }

  const patternWords = rest.slice(at);
  if (patternWords.length > maxPatterns) throw new AclError(`more than ${maxPatterns} patterns`);
  for (const { text: pattern, quoted } of patternWords) {
    if (!quoted && ['{', '}', '||', '!'].includes(pattern)) {
      throw new AclError(`"${pattern}" cannot be used: a rule is one test; several patterns are alternatives already`);
    }
    if (rule.kind === 'address' || method === 'ip') checkAddress(pattern);
  }
  const needsPattern = method !== 'found' && method !== 'bool' && rule.kind !== 'boolean';
  if (needsPattern && patternWords.length === 0) throw new AclError(`"${first.text}" needs at least one pattern`);
  if (!needsPattern && patternWords.length > 0) throw new AclError(`"${first.text}" takes no pattern here`);

  const acl = {
    fetch,
    args: criterion.args,
    converters: readConverters,
    method,
    ignoreCase,
    patterns: patternWords.map((w) => w.text),
  };
  const length = Buffer.byteLength(serializeAcl(acl));
  if (length > 1900) throw new AclError(`takes ${length} bytes of HAProxy's 2048 per line`);
  return acl;
}

/** Whether it tests the Host header in a way that a port (`Host: ghost.local:8880`) should not break. */
function testsHostName({ fetch, args, converters: conversions, method, patterns }: Acl): boolean {
  return (
    (fetch === 'hdr' || fetch === 'req.hdr') &&
    args.toLowerCase() === 'host' &&
    conversions.length === 0 &&
    method !== 'found' &&
    method !== 'len' &&
    !patterns.some((p) => p.includes(':'))
  );
}

/** The ACL that `serializeAcl` writes: a host name is compared without the port that clients add when the port is not 80. */
export function effectiveAcl(acl: Acl): Acl {
  if (!testsHostName(acl)) return acl;
  return { ...acl, fetch: 'req.hdr', converters: ['field(1,:)'], method: acl.method ?? 'str' };
}

/**
 * The ACL as it is put into the configuration: written anew from its parts, each pattern quoted and behind `--`, so that
 * nothing in it can be a flag, a comment or another directive. A host name is compared without the port that clients add
 * when the port is not 80.
 */
export function serializeAcl(acl: Acl): string {
  const { fetch, args, converters: conversions, method, ignoreCase, patterns } = effectiveAcl(acl);
  const criterion = [args === '' ? fetch : `${fetch}(${args})`, ...conversions].join(',');
  return [
    criterion,
    ...(method === undefined ? [] : ['-m', method]),
    ...(ignoreCase ? ['-i'] : []),
    ...(patterns.length === 0 ? [] : ['--', ...patterns.map(quoteWord)]),
  ].join(' ');
}
