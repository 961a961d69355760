import type { MapKey } from '../compile/routing-model.js';
import { quoteWord } from '../rules/acl-words.js';
import { OutsideText, wrapText } from './outside-text.js';

/** Any value as text; undefined for what is no single value. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return OutsideText.read(value);
}

function oneText(helper: string, value: unknown): string {
  const text = textOf(value);
  if (text === undefined) throw new Error(`${helper}: this value has several parts`);
  return text;
}

/** The result of a helper as harmless as what it was made of. */
function like(sources: readonly unknown[], text: string): string | OutsideText {
  return sources.some((source) => source instanceof OutsideText) ? wrapText(text) : text;
}

function listOf(helper: string, value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`${helper}: not a list`);
  return value;
}

/** What `if` takes for false: with Go's templates also a map without entries. */
function isTrue(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return !(typeof value === 'object' && !(value instanceof OutsideText) && Object.keys(value).length === 0);
}

function member(map: unknown, key: unknown): unknown {
  const name = textOf(key);
  if (typeof map !== 'object' || map === null || map instanceof OutsideText || name === undefined) return undefined;
  return Object.hasOwn(map, name) ? (map as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** -1, 0 or 1; numbers by value, everything else as text. */
function compare(a: unknown, b: unknown): number {
  const [left, right] = typeof a === 'number' && typeof b === 'number' ? [a, b] : [textOf(a) ?? '', textOf(b) ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}

const equal = (a: unknown, b: unknown): boolean => {
  const [left, right] = [textOf(a), textOf(b)];
  return left === undefined || right === undefined ? a === b : left === right;
};

/** Of several values the first that fits, else the last. */
function firstOr(values: readonly unknown[], fits: (value: unknown) => boolean): unknown {
  const at = values.findIndex(fits);
  return values.at(at);
}

function length(value: unknown): number {
  const text = textOf(value);
  if (text !== undefined) return text.length;
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

/** Go's `%s %v %d %q` and `%%`. */
function printf(format: unknown, ...values: readonly unknown[]): string | OutsideText {
  let next = 0;
  const text = oneText('printf', format).replace(/%(.)/g, (_match, verb: string) => {
    if (verb === '%') return '%';
    const value = oneText('printf', values[next]);
    next += 1;
    if (verb === 'q') return JSON.stringify(value);
    if (verb === 's' || verb === 'v' || verb === 'd') return value;
    throw new Error(`printf: %${verb} is not known`);
  });
  return like([format, ...values], text);
}

const hostPattern = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** A name that is a host's; one that no request can have for anything else, so that no test is left without its pattern. */
function hostName(value: unknown): string {
  const text = oneText('hostName', value).toLowerCase().replace(/\.$/, '');
  return hostPattern.test(text) ? text : 'none.invalid';
}

/** What a frontend knows of a request, by the key of a map step. */
const lookedUp: Readonly<Record<MapKey, string>> = {
  hostPath: 'var(txn.hostpath),map_beg',
  hostPathLower: 'var(txn.hostpath),lower,map_beg',
  path: 'var(txn.path),concat(/),map_beg',
  pathLower: 'var(txn.path),concat(/),lower,map_beg',
  appId: 'req.hdr(x-marathon-app-id),lower,map_str',
};

/** The expression that looks up a request in a map file; still to be quoted. */
function mapping(key: unknown, file: unknown): string {
  const path = oneText('mapping', file);
  const by = Object.hasOwn(lookedUp, String(key)) ? lookedUp[String(key) as MapKey] : undefined;
  if (by === undefined) throw new Error(`mapping: ${JSON.stringify(key)} is not known`);
  if (/["\\[\]%]/.test(path)) throw new Error(`${path}: HAProxy cannot be given a file of that name`);
  return `${by}("${path}")`;
}

/** How HAProxy compares a name with a host, or with all below one (`*.…`). */
function hostTest(value: unknown): string {
  const text = oneText('hostTest', value);
  return text.startsWith('*.') ? `-m end -- ${quoteWord(text.slice(1))}` : `-m str -- ${quoteWord(text)}`;
}

/** Words of a text by a separator. */
function split(value: unknown, separator: unknown): readonly (string | OutsideText)[] {
  return oneText('Split', value)
    .split(oneText('Split', separator))
    .map((part) => like([value], part));
}

function replace(value: unknown, from: unknown, to: unknown, count: unknown): string | OutsideText {
  const [text, what, by] = [oneText('Replace', value), oneText('Replace', from), oneText('Replace', to)];
  const limit = typeof count === 'number' && count >= 0 ? count : Infinity;
  let result = '';
  let at = 0;
  for (let n = 0; n < limit && what !== ''; n += 1) {
    const found = text.indexOf(what, at);
    if (found === -1) break;
    result += text.slice(at, found) + by;
    at = found + what.length;
  }
  return like([value, to], result + text.slice(at));
}

/** The last argument that Handlebars hands over is about the call. */
type Helper = (...parameters: readonly unknown[]) => unknown;

/**
 * What templates can call. The first group makes text safe to be put out; what the others make of outside text is outside text again.
 * Those with a capital are Bamboo's, and like most of the rest those of Go's templates, so that a converted template finds them.
 */
export const helpers: Readonly<Record<string, Helper>> = {
  /** Any text as one literal word; nothing for what is absent. */
  q: (value) => (value === undefined || value === null ? '' : quoteWord(oneText('q', value))),
  /** Letters, digits and `_ . : -`; everything else becomes `_`. */
  word: (value) => oneText('word', value).replace(/[^A-Za-z0-9_.:-]/g, '_') || '_',
  hostName,
  /** A whole number; 0 for what is none. */
  ToInt: (value) => (/^[+-]?\d{1,15}$/.test(oneText('ToInt', value)) ? Number(textOf(value)) : 0),

  eq: (value, ...others) => others.some((other) => equal(value, other)),
  ne: (a, b) => !equal(a, b),
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  not: (value) => !isTrue(value),
  and: (...values) => firstOr(values, (value) => !isTrue(value)),
  or: (...values) => firstOr(values, isTrue),
  isTrue,
  len: length,
  index: (value, ...keys) =>
    keys.reduce<unknown>(
      (found, key) => (Array.isArray(found) ? (found as readonly unknown[])[Number(textOf(key))] : member(found, key)),
      value,
    ),
  print: (...values) => like(values, values.map((value) => oneText('print', value)).join('')),
  printf,

  hasKey: (map, key) => member(map, key) !== undefined,
  getService: (services, id) => member(services, id),
  Split: split,
  Contains: (value, part) => oneText('Contains', value).includes(oneText('Contains', part)),
  Join: (list, separator) =>
    like(
      listOf('Join', list),
      listOf('Join', list)
        .map((value) => oneText('Join', value))
        .join(oneText('Join', separator)),
    ),
  Replace: replace,
  ToUpper: (value) => like([value], oneText('ToUpper', value).toUpperCase()),
  ToLower: (value) => like([value], oneText('ToLower', value).toLowerCase()),

  /** For places where HAProxy reads `%` as the beginning of something that it puts in. */
  percent: (value) => like([value], oneText('percent', value).replaceAll('%', '%%')),
  mapping,
  hostTest,
};

/** Helpers whose result is harmless, whatever they were given. */
export const quotingHelpers: ReadonlySet<string> = new Set([
  'q',
  'word',
  'hostName',
  'mapping',
  'hostTest',
  'ToInt',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'not',
  'isTrue',
  'len',
  'hasKey',
  'Contains',
]);
