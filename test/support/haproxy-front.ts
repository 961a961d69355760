import { readFileSync } from 'node:fs';

const path = 'deploy/haproxy-front.cfg';

/** The shipped configuration of an HAProxy before the schedulers, listening on a port of 127.0.0.1, for these schedulers. */
export function haproxyFrontConfig(
  port: number,
  schedulers: readonly { readonly host: string; readonly port: number }[],
): string {
  const text = readFileSync(path, 'utf8');
  const bound = text.replace(/^ {4}bind :80$/m, `    bind 127.0.0.1:${port}`);
  if (bound === text) throw new Error(`${path} binds no port 80`);
  const [before, ...others] = bound.split(/^ {4}server .*\n/m);
  if (before === undefined || others.length === 0) throw new Error(`${path} has no servers`);
  const servers = schedulers.map(({ host, port: at }, i) => `    server m${i + 1} ${host}:${at}\n`);
  return [before, ...servers, ...others].join('');
}
