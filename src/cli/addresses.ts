import { isIP } from 'node:net';

const wildcards = new Set(['0.0.0.0', '::']);

export function isWildcard(host: string): boolean {
  return wildcards.has(host);
}

/** Whether `host` is reached from its own machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** The address by which a process of this machine reaches what listens on `host`. */
export function connectHost(host: string): string {
  if (host === '::') return '::1';
  return host === '0.0.0.0' ? '127.0.0.1' : host;
}

/** `host:port`, with brackets around an IPv6 address. */
export function authority(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What `os.networkInterfaces()` tells of an address, as far as it matters here. */
interface InterfaceAddress {
  readonly address: string;
  readonly family: string;
  readonly internal: boolean;
}

/**
 * The address under which others reach this machine: the first IPv4 address that is not its loopback. For what must name an
 * address (an agent in its offers) though it was told to listen on all of them.
 */
export function machineAddress(interfaces: Readonly<Record<string, readonly InterfaceAddress[] | undefined>>): string {
  for (const addresses of Object.values(interfaces)) {
    for (const { address, family, internal } of addresses ?? []) {
      if (family === 'IPv4' && !internal) return address;
    }
  }
  return '127.0.0.1';
}
