import { isIP } from 'node:net';
import { unreachable, UsageError } from '../common/errors.js';
import { withoutCredentials } from '../common/redact.js';
import { parseMasterAddress } from '../mesos/master-address.js';
import { parseZooKeeperAddress } from '../zookeeper/address.js';
import type { Flag, SettingValue } from './flags.js';

const hostPattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/;
const addressPattern = /^(?:([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]))(?::(\d{1,5}))?$/;
const prefixPattern = /^(?:\/[A-Za-z0-9._~-]+)+$/;
const largestInteger = Number.MAX_SAFE_INTEGER;

/** The value that `text` stands for, or why it stands for none: the end of a sentence that begins with the text. */
export type ParsedValue = { readonly value: NonNullable<SettingValue> } | { readonly problem: string };

/**
 * Reads the text of an option. An empty text is the bare flag for a boolean (as in Marathon's environment variables), the empty
 * list for a list, and the empty text for a string; everything else refuses it.
 */
export function parseValue(flag: Flag, text: string): ParsedValue {
  if (/[\r\n\0]/.test(text)) return { problem: 'holds a line break' };
  switch (flag.kind) {
    case 'string':
      return { value: text };
    case 'path':
      return text === '' ? { problem: 'is not a path' } : { value: text };
    case 'prefix':
      return prefixPattern.test(text) ? { value: text } : { problem: 'is not a path like /service/marathon' };
    case 'credentials':
      return /^[^:]+:/.test(text) ? { value: text } : { problem: 'is not user:password' };
    case 'choice':
      return flag.choices?.includes(text) === true
        ? { value: text }
        : { problem: `is none of ${flag.choices?.join(', ') ?? ''}` };
    case 'boolean': {
      const lower = text.toLowerCase();
      if (lower === '' || lower === 'true') return { value: true };
      return lower === 'false' ? { value: false } : { problem: 'is neither true nor false' };
    }
    case 'integer':
      return parseInteger(text, 'a whole number', flag);
    case 'bytes':
      return parseInteger(text, 'a whole number of bytes', flag);
    case 'milliseconds':
      return parseInteger(text, 'a whole number of milliseconds', flag);
    case 'seconds':
      return parseInteger(text, 'a whole number of seconds', flag);
    case 'port':
      return parseInteger(text, 'a port', { min: 1, max: 65535 });
    case 'host':
      return hostPattern.test(text) ? { value: text } : { problem: 'is neither a host name nor an IP address' };
    case 'ip':
      return isIP(text) > 0 ? { value: text } : { problem: 'is not an IP address' };
    case 'url':
      return parseUrl(text, flag.schemes ?? []);
    case 'addresses':
      return parseList(
        text,
        (part) => (isIP(part) > 0 || isAddress(part, false) ? part : undefined),
        'which is not address or address:port',
      );
    case 'masters':
      if (/^zk:/i.test(text)) return checkedAddress(text, parseMasterAddress, [text]);
      return parseList(text, master, 'which is not host:port');
    case 'zookeeper':
      return checkedAddress(text, parseStorePlace, text);
    case 'urls':
      return parseList(text, baseUrl, 'which is not http://host:port');
    case 'endpoints':
      return parseList(text, (part) => (isHttpUrl(part) ? part : undefined), 'which is not http://host/path');
    case 'origins':
      return parseList(text, origin, 'which is neither * nor http://host:port');
    case 'list': {
      const { choices } = flag;
      const known = (part: string): boolean => choices === undefined || choices.includes(part);
      return parseList(
        text,
        (part) => (known(part) ? part : undefined),
        `which is none of ${choices?.join(', ') ?? ''}`,
      );
    }
    default:
      return unreachable(flag.kind);
  }
}

function parseInteger(text: string, noun: string, limits: Pick<Flag, 'min' | 'max'>): ParsedValue {
  const { min = 0, max = largestInteger } = limits;
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return { value };
  const range = max === largestInteger ? `${min} or more` : `${min} to ${max}`;
  return { problem: `is not ${noun} (${range})` };
}

/** The items of a list, separated by commas, each as `parse` returns it; `fault` is said of one for which that is nothing. */
function parseList(text: string, parse: (part: string) => string | undefined, fault: string): ParsedValue {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const values: string[] = [];
  for (const part of parts) {
    const value = parse(part);
    if (value === undefined) return { problem: `holds '${withoutCredentials(part)}', ${fault}` };
    values.push(value);
  }
  return { value: values };
}

function isAddress(text: string, portRequired: boolean): boolean {
  const match = addressPattern.exec(text);
  if (match === null) return false;
  const port = match[2];
  return port === undefined ? !portRequired : Number(port) >= 1 && Number(port) <= 65535;
}

/** `host:port`, also of what Marathon takes as well: `http://host:port`. */
function master(text: string): string | undefined {
  const address = text.replace(/^http:\/\//i, '').replace(/\/$/, '');
  return isAddress(address, true) ? address : undefined;
}

/** Where state is kept; Marathon asks for a path as well: what belongs to others is at the root. */
function parseStorePlace(text: string): void {
  if (parseZooKeeperAddress(text).path === '/') {
    throw new UsageError('names no path: everything is kept below one, such as /marathon');
  }
}

/** A `zk://` address, as `value`; what `parse` says of a bad one begins with the address itself. */
function checkedAddress(text: string, parse: (text: string) => unknown, value: NonNullable<SettingValue>): ParsedValue {
  try {
    parse(text);
    return { value };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const shown = `${withoutCredentials(text)} `;
    return { problem: error.message.startsWith(shown) ? error.message.slice(shown.length) : error.message };
  }
}

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

function baseUrl(text: string): string | undefined {
  if (!isHttpUrl(text)) return undefined;
  const url = new URL(text);
  return url.search === '' && url.hash === '' ? url.href.replace(/\/+$/, '') : undefined;
}

/** An origin as browsers write it in their `Origin` header: without a path, in lower case, without the usual port. */
function origin(text: string): string | undefined {
  if (text === '*') return text;
  if (!isHttpUrl(text)) return undefined;
  const url = new URL(text);
  return url.href === `${url.origin}/` ? url.origin : undefined;
}

function parseUrl(text: string, schemes: readonly string[]): ParsedValue {
  const scheme = /^([a-z]+):\/\/\S+$/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && schemes.includes(scheme) && URL.canParse(text)) return { value: text };
  return { problem: `is not a URL that begins with ${schemes.map((known) => `${known}://`).join(' or ')}` };
}

/** The text from which `parseValue` reads `value` again. */
export function formatValue(value: NonNullable<SettingValue>): string {
  return typeof value === 'object' ? value.join(',') : String(value);
}
