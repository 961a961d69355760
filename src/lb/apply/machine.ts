import { readFileSync } from 'node:fs';

/** How many files a process started by this one may have open (the hard limit, which HAProxy raises itself to). */
export function openFilesLimit(): number {
  try {
    const limit = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return limit === 'unlimited' ? Infinity : Number(limit ?? 1024);
  } catch {
    return 1024;
  }
}

/**
 * A `maxconn` that HAProxy can start with: a connection takes two descriptors, listeners, checks and handed-over sockets need
 * some as well, and above the limit it refuses to start, which `-c` does not tell.
 */
export function maxConnections(limit: number = openFilesLimit()): number {
  return Math.max(50, Math.min(20_000, Math.floor((limit * 0.8 - 256) / 2)));
}

/** The account that HAProxy's package makes, if this process may change to it; null = HAProxy runs as this user. */
export function haproxyAccount(): { user: string; group: string } | null {
  if (process.getuid?.() !== 0) return null;
  const has = (file: string): boolean => {
    try {
      return /^haproxy:/m.test(readFileSync(file, 'latin1'));
    } catch {
      return false;
    }
  };
  return has('/etc/passwd') && has('/etc/group') ? { user: 'haproxy', group: 'haproxy' } : null;
}
