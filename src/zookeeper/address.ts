import { UsageError } from '../common/errors.js';
import { withoutCredentials } from '../common/redact.js';

/** A server's address; a literal IPv6 address is without brackets. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** What a `zk://` address says. */
export interface ZooKeeperAddress {
  /** At least one, in the order given. */
  readonly servers: readonly ServerAddress[];
  /** Of ZooKeeper's `digest` scheme. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** Begins with a slash, does not end with one but for `/` itself. */
  readonly path: string;
}

const defaultPort = 2181;
const maxServers = 100;

function parseServer(text: string, refuse: (why: string) => never): ServerAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([^\s:[\]/]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  if (host === undefined) return refuse(`"${text}" is not host:port`);
  if (port < 1 || port > 65_535) return refuse(`${port} is not a port (1 to 65535)`);
  return { host, port };
}

function parsePath(text: string, refuse: (why: string) => never): string {
  const path = text.replace(/\/+$/, '');
  if (path === '') return '/';
  for (const name of path.slice(1).split('/')) {
    if (name === '') refuse(`the path ${text} has an empty name in it`);
    if (name === '.' || name === '..') refuse(`the path ${text} has "${name}" in it, which ZooKeeper does not allow`);

    if (/[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/.test(name)) {
      refuse('the path has a character in it that ZooKeeper does not allow');
    }
  }
  return path;
}

/**
 * Reads `zk://[user:password@]host[:port][,host[:port]…][/path]`, the form that Marathon and Mesos share; the port is 2181 when
 * none is given, the path `/`. Everything before the last `@` counts as user and password: a password may hold any character,
 * a colon or a slash, too. Throws UsageError, which names what is wrong and never the password.
 */
export function parseZooKeeperAddress(text: string): ZooKeeperAddress {
  const refuse = (why: string): never => {
    throw new UsageError(`${withoutCredentials(text)} is not a ZooKeeper address: ${why}`);
  };
  const scheme = 'zk://';
  if (!text.startsWith(scheme)) return refuse('it must begin with zk://, as in zk://host1:2181,host2:2181/marathon');
  const rest = text.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  const login = at < 0 ? undefined : rest.slice(0, at);
  const place = rest.slice(at + 1);
  const slash = place.indexOf('/');
  const hosts = (slash < 0 ? place : place.slice(0, slash)).split(',');
  if (hosts.length > maxServers) return refuse(`it names ${hosts.length} servers, ${maxServers} at most are taken`);
  if (hosts.includes(''))
    return refuse(hosts.length === 1 ? 'it names no server' : 'a server between commas is missing');
  const servers = hosts.map((host) => parseServer(host, refuse));
  const path = parsePath(slash < 0 ? '' : place.slice(slash), refuse);
  if (login === undefined) return { servers, path };
  const colon = login.indexOf(':');
  if (colon <= 0) return refuse('what stands before @ must be user:password');
  return { servers, path, credentials: { user: login.slice(0, colon), password: login.slice(colon + 1) } };
}

/** `host:port`, with brackets around a literal IPv6 address. */
export function formatServer({ host, port }: ServerAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
