import { isInNetwork, octetsOf, parseNetwork } from '../../common/ip-address.js';
import type { MatchMethod } from '../rules/acl.js';
import { octetText } from './acl-samples.js';
import type { Sample } from './acl-samples.js';
import { sampleText } from './acl-converters.js';
import { findsExpression } from './regular-expression.js';

/** Whether something is so; where that depends on what nobody has told, why. */
export type Verdict = boolean | { readonly unknown: string };

/** How patterns are to be compared. */
export interface Comparison {
  readonly method: MatchMethod;
  readonly ignoreCase: boolean;
  readonly patterns: readonly string[];
}

/** True as soon as one is, else unknown as soon as one is. */
export function anyOf<T>(items: Iterable<T>, test: (item: T) => Verdict): Verdict {
  let result: Verdict = false;
  for (const item of items) {
    const verdict = test(item);
    if (verdict === true) return true;
    if (verdict !== false) result = verdict;
  }
  return result;
}

const folded = (text: string): string => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

/** Whether `word` stands in `text` between delimiters (or its ends); delimiters around the word itself do not count. */
function hasWord(text: string, word: string, delimiters: string): Verdict {
  const isDelimiter = (c: string): boolean => c === '' || delimiters.includes(c);
  let from = 0;
  let to = word.length;
  while (from < to && isDelimiter(word.charAt(from))) from += 1;
  while (to > from && isDelimiter(word.charAt(to - 1))) to -= 1;
  const bare = word.slice(from, to);
  if (bare === '') return { unknown: 'the pattern has nothing between its delimiters' };
  for (let at = text.indexOf(bare); at >= 0; at = text.indexOf(bare, at + 1)) {
    if (isDelimiter(text.charAt(at - 1)) && isDelimiter(text.charAt(at + bare.length))) return true;
  }
  return false;
}

const knownMethods = new Set(['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'CONNECT']);

/** HAProxy knows common methods by their names; only others have a case. */
function isMethod(method: string, pattern: string, ignoreCase: boolean): boolean {
  if (knownMethods.has(pattern) || knownMethods.has(method)) return method === pattern;
  return ignoreCase ? folded(method) === folded(pattern) : method === pattern;
}

interface NumberRange {
  readonly from: number;
  readonly to: number;
}

const operators = new Set(['eq', 'ge', 'gt', 'le', 'lt']);

/** The ranges that `3 5:7 gt 9` means; undefined for what is none. An operator counts for all numbers behind it. */
function rangesOf(patterns: readonly string[]): NumberRange[] | undefined {
  let operator = 'eq';
  const ranges: NumberRange[] = [];
  for (const pattern of patterns) {
    if (operators.has(pattern)) {
      operator = pattern;
      continue;
    }
    const match = /^(-?\d{1,15})?(:)?(-?\d{1,15})?$/.exec(pattern);
    if (match === null || pattern === '' || pattern === ':') return undefined;
    const [, from, colon, to] = match;
    if (colon !== undefined) {
      if (operator !== 'eq') return undefined;
      ranges.push({
        from: from === undefined ? -Infinity : Number(from),
        to: to === undefined ? Infinity : Number(to),
      });
      continue;
    }
    const number = Number(from);
    const above = operator === 'gt' ? number + 1 : number;
    const below = operator === 'lt' ? number - 1 : number;
    ranges.push({
      from: operator === 'le' || operator === 'lt' ? -Infinity : above,
      to: operator === 'ge' || operator === 'gt' ? Infinity : below,
    });
  }
  return ranges;
}

function isInRanges(value: number, patterns: readonly string[]): Verdict {
  const ranges = rangesOf(patterns);
  if (ranges === undefined) return { unknown: 'the numbers cannot be read' };
  return ranges.some(({ from, to }) => value >= from && value <= to);
}

function isAddressIn(octets: Buffer, pattern: string): Verdict {
  const network = parseNetwork(pattern);
  return network === undefined ? { unknown: `"${pattern}" is not a network` } : isInNetwork(octets, network);
}

function compareText(text: string, pattern: string, method: MatchMethod, ignoreCase: boolean): Verdict {
  const [value, wanted] = ignoreCase ? [folded(text), folded(pattern)] : [text, pattern];
  switch (method) {
    case 'str':
      return value === wanted;
    case 'beg':
      return value.startsWith(wanted);
    case 'end':
      return value.endsWith(wanted);
    case 'sub':
      return wanted === '' ? { unknown: 'the pattern is empty' } : value.includes(wanted);
    case 'dir':
      return hasWord(value, wanted, '/?');
    case 'dom':
      return hasWord(value, wanted, '/?.:');
    case 'reg':
      return (
        findsExpression(pattern, ignoreCase, text) ?? {
          unknown: 'the regular expression has something that only PCRE understands',
        }
      );
    case 'found':
    case 'bool':
    case 'int':
    case 'ip':
    case 'len':
      return { unknown: `-m ${method} is not for texts` };
  }
}

/** Whether one value fits one of the patterns, in HAProxy's way of comparing. */
export function matchSample(sample: Sample, { method, ignoreCase, patterns }: Comparison): Verdict {
  const text = sampleText(sample);
  switch (method) {
    case 'found':
      return true;
    case 'bool':
      if (sample.kind === 'boolean') return sample.value;
      if (sample.kind === 'integer') return sample.value !== 0;
      return { unknown: 'a text is not true or false' };
    case 'int':
      if (text === undefined || !/^-?\d{1,15}$/.test(text)) return { unknown: 'the value is not a whole number' };
      return isInRanges(Number(text), patterns);
    case 'len':
      if (text === undefined) return { unknown: 'an address has no length' };
      return isInRanges(text.length, patterns);
    case 'ip': {
      const octets = sample.kind === 'address' ? sample.octets : text === undefined ? undefined : octetsOf(text);
      return octets === undefined ? false : anyOf(patterns, (pattern) => isAddressIn(octets, pattern));
    }
    case 'str':
    case 'beg':
    case 'end':
    case 'sub':
    case 'dir':
    case 'dom':
    case 'reg':
      if (sample.kind === 'method' && method === 'str') {
        return patterns.some((pattern) => isMethod(sample.text, pattern, ignoreCase));
      }
      if (text === undefined) return { unknown: `-m ${method} of an address or a flag` };
      return anyOf(patterns, (pattern) => compareText(text, octetText(pattern), method, ignoreCase));
  }
}
