import type { PathId } from '../../common/path-id.js';
import { parseIpAddress } from '../../common/ip-address.js';
import type { ServiceSettings } from '../labels/service-settings.js';
import { unsafeCharacters } from '../rules/acl-words.js';
import { byText } from './by-text.js';
import { hostsOf } from './label-routes.js';
import { serverName } from './names.js';
import type { Backend, Mode, Server, Userlist } from './routing-model.js';
import { connectCheck, serverCheck } from './server-check.js';
import type { Service } from './services.js';

/** marathon-lb's name of it: clients keep their server when one takes the place of the other. */
const cookieName = 'mesosphere_server_id';

/** Of HAProxy's 64 words and 2048 bytes per line, with room for what stands before the networks. */
const maxWords = 50;
const maxBytes = 1_500;

/** Networks in portions that fit in a line. */
export function networkPortions(networks: readonly string[]): string[][] {
  const portions: string[][] = [];
  let bytes = Infinity;
  for (const network of networks) {
    const last = portions.at(-1);
    bytes += Buffer.byteLength(network) + 3;
    if (last === undefined || last.length === maxWords || bytes > maxBytes) {
      portions.push([network]);
      bytes = Buffer.byteLength(network) + 3;
    } else {
      last.push(network);
    }
  }
  return portions;
}

/** Labels that a template can put into a line: one line, not too long. */
function printable(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => typeof value === 'string' && !unsafeCharacters.test(value) && value.length <= 1024,
    ),
  );
}

export const userlistName = (backend: string): string => `users_${backend}`;

export function userlistOf(backend: string, { auth }: ServiceSettings): Userlist | undefined {
  if (auth === null) return undefined;
  return { name: userlistName(backend), user: auth.user, passwordHash: auth.passwordHash };
}

/** The backend of a service with these servers. What only HTTP has is left out for TCP. */
export function serviceBackend(
  name: string,
  mode: Mode,
  { id, settings }: Service,
  servers: readonly Server[],
): Backend {
  const isHttp = mode === 'http';
  const { app, auth } = settings;
  return {
    name,
    mode,
    balance: settings.balance,
    servers,
    check: serverCheck(settings),
    cookie: isHttp && settings.sticky ? cookieName : null,
    redirectToHttps: isHttp && settings.redirectToHttps,
    hsts: isHttp && settings.hsts,
    auth: isHttp && auth !== null ? { realm: auth.realm, userlist: userlistName(name) } : null,
    allowedNetworks: networkPortions(settings.allowedNetworks),
    stripPrefix: isHttp ? settings.stripPrefix : null,
    locationPrefix: isHttp ? settings.locationPrefix : null,
    hosts: isHttp ? hostsOf(settings).filter((host) => !host.startsWith('*.')) : [],
    rootRedirect: isHttp ? settings.rootRedirect : null,
    directives: isHttp ? settings.directives : [],
    app: { kind: 'app', id, labels: printable(app.labels), env: printable(app.env) },
  };
}

/** The backend of a rule with fixed addresses, `host:port` each, and the hosts whose address is not known. */
export function fixedBackend(
  name: string,
  rule: PathId,
  endpoints: readonly string[],
  addressOf: (host: string) => string | undefined,
): { backend: Backend; unknown: string[] } {
  const servers = new Map<string, Server>();
  const unknown: string[] = [];
  for (const text of endpoints) {
    const colon = text.lastIndexOf(':');
    const host = text.slice(0, colon);
    const port = Number(text.slice(colon + 1));
    const address = parseIpAddress(host)?.address ?? addressOf(host);
    if (address === undefined) {
      unknown.push(host);
      continue;
    }
    const server = serverName(address, port);
    servers.set(server, { name: server, endpoint: `${address}:${port}`, disabled: false, checkPort: null });
  }
  const backend: Backend = {
    name,
    mode: 'http',
    balance: 'roundrobin',
    servers: [...servers.values()].sort((a, b) => byText(a.name, b.name)),
    check: connectCheck,
    cookie: null,
    redirectToHttps: false,
    hsts: false,
    auth: null,
    allowedNetworks: [],
    stripPrefix: null,
    locationPrefix: null,
    hosts: [],
    rootRedirect: null,
    directives: [],
    app: { kind: 'rule', id: rule, labels: {}, env: {} },
  };
  return { backend, unknown };
}
