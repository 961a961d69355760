import { quoteWord } from '../rules/acl-words.js';
import { balances } from './service-settings.js';
import type { Balance } from './service-settings.js';
import { readChoice, readInteger, SettingError, shown } from './values.js';

/** What one line of a backend says. */
export type BackendDirective =
  | { readonly kind: 'balance'; readonly balance: Balance }
  | { readonly kind: 'mode'; readonly mode: 'tcp' | 'http' }
  /** A line written anew from its parts. */
  | { readonly kind: 'line'; readonly text: string }
  /** Something that holds anyway. */
  | { readonly kind: 'nothing' };

const nothing: BackendDirective = { kind: 'nothing' };

const options: ReadonlySet<string> = new Set([
  'abortonclose',
  'forwardfor',
  'http-keep-alive',
  'http-pretend-keepalive',
  'http-server-close',
  'httpclose',
  'redispatch',
  'srvtcpka',
]);
/** Those that can be taken back by `no option`. */
const revocable: ReadonlySet<string> = new Set([...options].filter((option) => option !== 'forwardfor'));

const timeouts: ReadonlySet<string> = new Set([
  'check',
  'connect',
  'http-keep-alive',
  'http-request',
  'queue',
  'server',
  'server-fin',
  'tunnel',
]);
const unitMs: Readonly<Record<string, number>> = { ms: 1, '': 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const maxTimeoutMs = 7 * 86_400_000;

/** What HAProxy reads as one word without quotes, of what a name may hold. */
const headerName = /^[A-Za-z0-9._-]{1,128}$/;
/** Leaves room for the rest in the 2048 bytes of a line. */
const maxValueBytes = 1700;
/** They say where a message ends or how a connection is used: a wrong one lets a request be read as two. */
const framingHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** What a value may take from the connection, as a whole. */
const samples: ReadonlySet<string> = new Set(['%[src]', '%[src_port]', '%[dst]', '%[dst_port]']);

/**
 * Reads one line of a backend, split into its words. Only what touches nothing but requests and answers of this backend is
 * understood. Throws SettingError for everything else.
 */
export function readBackendDirective(words: readonly string[]): BackendDirective {
  const [first = '', second = '', ...rest] = words;
  switch (first) {
    case 'balance':
      if (rest.length > 0) throw new SettingError('balance takes one word here');
      return { kind: 'balance', balance: readChoice(second, balances) };
    case 'mode':
      if (rest.length > 0) throw new SettingError('mode takes one word');
      return { kind: 'mode', mode: readChoice(second, ['tcp', 'http'] as const) };
    case 'option':
      return readOption([second, ...rest], '');
    case 'no':
      if (second !== 'option') throw new SettingError('"no" is for options alone');
      return readOption(rest, 'no ');
    case 'timeout':
      return readTimeout(second, rest);
    case 'http-request':
    case 'http-response':
      return readHeaderRule(first, second, rest);
    case 'rspadd':
      return readOldHeader('http-response', [second, ...rest]);
    case 'reqadd':
      return readOldHeader('http-request', [second, ...rest]);
    default:
      throw new SettingError(`${shown(first)} cannot be used here`);
  }
}

function readOption([option = '', ...rest]: readonly string[], no: string): BackendDirective {
  if (!(no === '' ? options : revocable).has(option) || rest.length > 0) {
    const text = [option, ...rest].join(' ');
    throw new SettingError(`the option ${shown(text)} cannot be used here; known are ${[...options].join(', ')}`);
  }
  return { kind: 'line', text: `${no}option ${option}` };
}

function readTimeout(name: string, [value = '', ...more]: readonly string[]): BackendDirective {
  if (!timeouts.has(name) || more.length > 0) {
    throw new SettingError(
      `the timeout ${shown([name, value, ...more].join(' '))} cannot be used here; known are ${[...timeouts].join(', ')}`,
    );
  }
  const [, number = '', unit = ''] = /^(\d{1,9})(ms|s|m|h|d)?$/.exec(value) ?? [];
  if (number === '') throw new SettingError(`${shown(value)} is not a time such as 30s`);
  const ms = readInteger(String(Number(number) * (unitMs[unit] ?? 1)), 1, maxTimeoutMs);
  return { kind: 'line', text: `timeout ${name} ${ms}` };
}

function readHeaderRule(direction: string, action: string, rest: readonly string[]): BackendDirective {
  if (isOwnHeader(direction, action, rest)) return nothing;
  const [name = '', ...values] = rest;
  const isKnown = action === 'set-header' || action === 'add-header' || action === 'del-header';
  if (!isKnown) {
    throw new SettingError(`${direction} ${shown(action)} cannot be used here; known are set-, add- and del-header`);
  }
  checkHeaderName(name);
  if (action === 'del-header') {
    if (values.length > 0) throw new SettingError('del-header takes one name here');
    return { kind: 'line', text: `${direction} del-header ${name}` };
  }
  const [value] = values;
  if (value === undefined || values.length > 1) {
    throw new SettingError(`${action} takes a name and one value here, without a condition`);
  }
  return { kind: 'line', text: `${direction} ${action} ${name} ${headerValue(value)}` };
}

/** What marathon-lb's own templates say, and every frontend here does. */
function isOwnHeader(direction: string, action: string, rest: readonly string[]): boolean {
  if (direction !== 'http-request') return false;
  const text = rest.join(' ');
  return (
    (action === 'set-header' && text === 'X-Forwarded-Port %[dst_port]') ||
    (/^(?:add|set)-header$/.test(action) && text === 'X-Forwarded-Proto https if { ssl_fc }')
  );
}

/** `rspadd Name:\ value` of HAProxy before 2.1, as what it is now. */
function readOldHeader(direction: string, words: readonly string[]): BackendDirective {
  const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(words[0] ?? '') ?? [];
  if (words.filter((word) => word !== '').length !== 1 || value === '') {
    throw new SettingError('takes one word of the form Name:\\ value here, without a condition');
  }
  checkHeaderName(name);
  return { kind: 'line', text: `${direction} add-header ${name} ${headerValue(value)}` };
}

function checkHeaderName(name: string): void {
  if (!headerName.test(name)) throw new SettingError(`${shown(name)} is not the name of a header`);
  if (framingHeaders.has(name.toLowerCase())) throw new SettingError(`the header ${name} cannot be changed`);
}

/** A value as HAProxy's log format has it: literal but for `%`, which stands there twice. */
function headerValue(value: string): string {
  if (samples.has(value)) return value;
  if (value.replaceAll('%%', '').includes('%')) {
    throw new SettingError(`${shown(value)}: known with "%" are ${[...samples].join(', ')}, and "%%" for itself`);
  }
  const word = quoteWord(value);
  if (Buffer.byteLength(word) > maxValueBytes) throw new SettingError(`takes more than ${maxValueBytes} bytes`);
  return word;
}
