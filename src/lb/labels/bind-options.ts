import { readInteger, SettingError, shown } from './values.js';

const versions = ['SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
const protocols: ReadonlySet<string> = new Set(['h2', 'http/1.1', 'http/1.0']);

/** What stands behind a word, written anew; throws SettingError. undefined = nothing stands behind it. */
type Argument = ((text: string) => string) | undefined;

function readVersion(text: string): string {
  const version = versions.find((v) => v.toLowerCase() === text.toLowerCase());
  if (version === undefined) throw new SettingError(`${shown(text)} is none of ${versions.join(', ')}`);
  return version;
}

function readProtocols(text: string): string {
  const unknown = text.split(',').find((protocol) => !protocols.has(protocol));
  if (unknown !== undefined) throw new SettingError(`alpn knows ${[...protocols].join(', ')}, not ${shown(unknown)}`);
  return text;
}

/** A list of names as OpenSSL reads it; which of them it knows, HAProxy says when it checks the configuration. */
function readNames(text: string): string {
  if (!/^[A-Za-z0-9:+!@=_.-]{1,1000}$/.test(text)) throw new SettingError(`${shown(text)} is not a list of names`);
  return text;
}

/**
 * The words of a `bind` line that a service may choose: how TLS is spoken, and how connections are taken. Nothing that names a
 * file, another address, a user or a mode of a socket.
 */
const words: Readonly<Record<string, Argument>> = {
  'accept-proxy': undefined,
  alpn: readProtocols,
  backlog: (text) => String(readInteger(text, 1, 65_535)),
  ciphers: readNames,
  ciphersuites: readNames,
  curves: readNames,
  'defer-accept': undefined,
  ecdhe: readNames,
  'force-tlsv10': undefined,
  'force-tlsv11': undefined,
  'force-tlsv12': undefined,
  'force-tlsv13': undefined,
  maxconn: (text) => String(readInteger(text, 1, 1_000_000)),
  'no-sslv3': undefined,
  'no-tls-tickets': undefined,
  'no-tlsv10': undefined,
  'no-tlsv11': undefined,
  'no-tlsv12': undefined,
  'no-tlsv13': undefined,
  'prefer-client-ciphers': undefined,
  'ssl-max-ver': readVersion,
  'ssl-min-ver': readVersion,
  'strict-sni': undefined,
  tfo: undefined,
};

/** Throws when no version of TLS is left: HAProxy would refuse the whole configuration. */
function checkVersions(given: ReadonlyMap<string, string>): void {
  const lowest = versions.findIndex((v) => v === given.get('ssl-min-ver'));
  const highest = versions.findIndex((v) => v === given.get('ssl-max-ver'));
  const none = highest >= 0 ? highest < Math.max(lowest, 1) : false;
  const allOff = ['no-tlsv10', 'no-tlsv11', 'no-tlsv12', 'no-tlsv13'].every((word) => given.has(word));
  if (none || allOff) throw new SettingError('leaves no version of TLS');
}

/** Reads `HAPROXY_{n}_BIND_OPTIONS`. Throws SettingError when one word is not understood: half of them would be another service. */
export function readBindOptions(text: string): string[] {
  const given = new Map<string, string>();
  const rest = text.split(' ').filter((word) => word !== '');
  for (let i = 0; i < rest.length; i += 1) {
    const word = rest[i] ?? '';
    if (!Object.hasOwn(words, word)) {
      const hint = word === 'ssl' || word === 'crt' ? ': TLS is turned on by SSL_CERT' : '';
      throw new SettingError(`${shown(word)} cannot be used${hint}; known are ${Object.keys(words).join(', ')}`);
    }
    const argument = words[word];
    if (argument !== undefined) i += 1;
    given.set(word, argument === undefined ? '' : argument(rest[i] ?? ''));
  }
  checkVersions(given);
  return [...given].flatMap(([word, argument]) => (argument === '' ? [word] : [word, argument]));
}
