import { hostname } from 'node:os';
import { isIPv6 } from 'node:net';

/** Addresses that every machine has: they tell nobody apart. */
const common = /^(?:\*|0\.0\.0\.0|::|::1|127(?:\.\d+){3}|localhost)$/;
const wildcards = new Set(['*', '0.0.0.0', '::']);

function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}

/** The name of an edge among those of its role, by where it serves: `host:port`. */
export function edgeNameOf(host: string, port: number): string {
  return `${common.test(host) ? hostname() : bracketed(host)}:${port}`;
}

/** Base URL of an HTTP API that listens on `host`, as others reach it. */
export function edgeApiUrl(host: string, port: number): string {
  return `http://${wildcards.has(host) ? hostname() : bracketed(host)}:${port}`;
}
