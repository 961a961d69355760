import { isIP } from 'node:net';
import { unreachable } from '../common/errors.js';
import type { Flag, SettingValue } from './flags.js';

const hostPattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/;
const addressPattern = /^(?:([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]))(?::(\d{1,5}))?$/;
const largestInteger = Number.MAX_SAFE_INTEGER;

/** The value that `text` stands for, or why it stands for none: the end of a sentence that begins with the text. */
export type ParsedValue = { readonly value: SettingValue } | { readonly problem: string };

/**
 * Reads the text of an option. An empty text is the bare flag for a boolean (as in Marathon's environment variables), the empty
 * list for a list, and the empty text for a string; everything else refuses it.
 */
export function parseValue(flag: Flag, text: string): ParsedValue {
  switch (flag.kind) {
    case 'string':
      return /[\r\n\0]/.test(text) ? { problem: 'holds a line break' } : { value: text };
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
      return parseInteger(text, 'a whole number', flag.min ?? 0, flag.max ?? largestInteger);
    case 'milliseconds':
      return parseInteger(text, 'a whole number of milliseconds', flag.min ?? 0, flag.max ?? largestInteger);
    case 'seconds':
      return parseInteger(text, 'a whole number of seconds', flag.min ?? 0, flag.max ?? largestInteger);
    case 'port':
      return parseInteger(text, 'a port', 1, 65535);
    case 'host':
      return hostPattern.test(text) ? { value: text } : { problem: 'is neither a host name nor an IP address' };
    case 'ip':
      return isIP(text) > 0 ? { value: text } : { problem: 'is not an IP address' };
    case 'addresses':
      return parseList(
        text,
        (part) => (isIP(part) > 0 || isAddress(part, false) ? part : undefined),
        'address or address:port',
      );
    case 'masters':
      if (text.startsWith('zk://')) {
        return { problem: 'cannot be used yet: masters are not looked up in ZooKeeper, name them as host:port' };
      }
      return parseList(text, (part) => (isAddress(part, true) ? part : undefined), 'host:port');
    case 'urls':
      return parseList(text, baseUrl, 'http://host:port');
    default:
      return unreachable(flag.kind);
  }
}

function parseInteger(text: string, noun: string, min: number, max: number): ParsedValue {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return { value };
  const range = max === largestInteger ? `${min} or more` : `${min} to ${max}`;
  return { problem: `is not ${noun} (${range})` };
}

function parseList(text: string, parse: (part: string) => string | undefined, form: string): ParsedValue {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const values: string[] = [];
  for (const part of parts) {
    const value = parse(part);
    if (value === undefined) return { problem: `holds '${part}', which is not ${form}` };
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

function baseUrl(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.search === '' && url.hash === '' ? url.href.replace(/\/+$/, '') : undefined;
}

/** The text from which `parseValue` reads `value` again. */
export function formatValue(value: Exclude<SettingValue, undefined>): string {
  return typeof value === 'object' ? value.join(',') : String(value);
}
