import type { HostPort } from './view.js';

/** Reads `host:port` (`[v6]:port` for IPv6). Undefined when it is something else. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

/** Reads a libprocess pid (`slave(1)@10.0.0.1:5051`). */
export function parsePid(text: string): HostPort | undefined {
  const parts = text.split('@');
  return parts.length === 2 ? parseHostPort(parts[1] ?? '') : undefined;
}
