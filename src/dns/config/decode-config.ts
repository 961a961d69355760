import { defaultConfig } from './mesos-dns-config.js';
import type { DecodedConfig } from './mesos-dns-config.js';

/** A value of another type than its key has. */
export class ConfigTypeError extends Error {
  override readonly name = 'ConfigTypeError';
}

/** Turns a value of the file into that of a key. `was` is what the key has without it; `null` leaves that, as in Go. */
type Reader = (value: unknown, key: string, was: unknown) => unknown;

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
}

function mismatch(value: unknown, key: string, type: string): ConfigTypeError {
  return new ConfigTypeError(
    `json: cannot unmarshal ${kindOf(value)} into Go struct field Config.${key} of type ${type}`,
  );
}

const text: Reader = (value, key) => {
  if (typeof value === 'string') return value;
  throw mismatch(value, key, 'string');
};

const flag: Reader = (value, key) => {
  if (typeof value === 'boolean') return value;
  throw mismatch(value, key, 'bool');
};

function integer(type: string, min: number, max: number): Reader {
  return (value, key) => {
    if (typeof value !== 'number') throw mismatch(value, key, type);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new ConfigTypeError(
      `json: cannot unmarshal number ${value} into Go struct field Config.${key} of type ${type}`,
    );
  };
}

const int = integer('int', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const int32 = integer('int32', -(2 ** 31), 2 ** 31 - 1);
const uint32 = integer('uint32', 0, 2 ** 32 - 1);
const uint16 = integer('uint16', 0, 2 ** 16 - 1);

const texts: Reader = (value, key) => {
  if (!Array.isArray(value)) throw mismatch(value, key, '[]string');
  return value.map((item: unknown) => (item === null ? '' : text(item, key, '')));
};

function fieldsOf(value: unknown, key: string, type: string): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw mismatch(value, key, type);
}

const zones: Reader = (value, key) =>
  Object.fromEntries(
    fieldsOf(value, key, 'map[string][]string').map(([zone, list]) => [
      zone,
      list === null ? [] : texts(list, key, []),
    ]),
  );

const credentials: Reader = (value, key, was) => read(value, key, was, { Principal: text, Secret: text });

const ownCredentials: Reader = (value, key, was) => read(value, key, was, { User: text, Password: text });

const readers: Readonly<Record<keyof DecodedConfig, Reader>> = {
  RefreshSeconds: int,
  Port: int,
  Timeout: int,
  StateTimeoutSeconds: int,
  ZkDetectionTimeout: int,
  HttpPort: int,
  TTL: int32,
  SRVRecordDefaultWeight: uint16,
  SOASerial: uint32,
  SOARefresh: uint32,
  SOARetry: uint32,
  SOAExpire: uint32,
  SOAMinttl: uint32,
  SOAMname: text,
  SOARname: text,
  Masters: texts,
  ZoneResolvers: zones,
  Resolvers: texts,
  IPSources: texts,
  Zk: text,
  Domain: text,
  File: text,
  Listener: text,
  HTTPListener: text,
  RecurseOn: flag,
  DnsOn: flag,
  HttpOn: flag,
  ExternalOn: flag,
  EnforceRFC952: flag,
  SetTruncateBit: flag,
  EnumerationOn: flag,
  MesosHTTPSOn: flag,
  CACertFile: text,
  CertFile: text,
  KeyFile: text,
  MesosCredentials: credentials,
  IAMConfigFile: text,
  MesosAuthentication: text,
  Quirks: flag,
  Workers: int,
  RecursionFrom: texts,
  TransferTo: texts,
  RateLimit: int,
  AnswerUnhealthy: flag,
  Marathon: texts,
  MarathonCredentials: ownCredentials,
  MarathonCACertFile: text,
  StateDir: text,
};

/** An object whose keys count in any letter case; others are passed over. Of a key that is there twice, the last one counts. */
function read(value: unknown, of: string, was: unknown, keys: Readonly<Record<string, Reader>>): object {
  const byLowerCase = new Map(Object.keys(keys).map((key) => [key.toLowerCase(), key]));
  const result: Record<string, unknown> = { ...(was as object) };
  for (const [name, given] of fieldsOf(value, of, 'records.Config')) {
    const key = byLowerCase.get(name.toLowerCase());
    if (key === undefined || given === null) continue;
    result[key] = keys[key]?.(given, key, result[key]);
  }
  return result;
}

/**
 * Reads the JSON text of a configuration of Mesos-DNS, with its defaults for what is not there. Throws SyntaxError for what is no JSON and
 * ConfigTypeError for a value of the wrong type.
 */
export function decodeConfig(json: string): DecodedConfig {
  const value: unknown = JSON.parse(json.replace(/^\uFEFF/, ''));
  return read(value, 'Config', defaultConfig, readers) as DecodedConfig;
}
