import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** How the system's own HAProxy is made to read its file again. */
export interface SystemReload {
  readonly file: string;
  readonly args: readonly string[];
}

const units = ['/etc/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'];

/**
 * The way to reload HAProxy that this machine has, in the order in which the originals look (lb.md §A, §B): Upstart, systemd, a
 * script of its own; undefined when there is none. Below another `root` than `/` only its script counts: the rest would reach
 * this machine's HAProxy.
 */
export function findSystemReload(root = '/'): SystemReload | undefined {
  const has = (path: string): boolean => existsSync(join(root, path));
  if (root === '/') {
    if (has('/etc/init/haproxy.conf') && has('/sbin/initctl')) return { file: 'initctl', args: ['reload', 'haproxy'] };
    // The unit is there in containers, too, in which no systemd runs
    if (has('/run/systemd/system') && units.some((directory) => has(join(directory, 'haproxy.service')))) {
      return { file: 'systemctl', args: ['reload-or-restart', 'haproxy'] };
    }
  }
  const script = '/etc/init.d/haproxy';
  return has(script) ? { file: join(root, script), args: ['reload'] } : undefined;
}
