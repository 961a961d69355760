import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { identifyProcess } from '../../src/common/process-identity.js';

/** Above what the kernel gives to outgoing connections by default (/proc/sys/net/ipv4/ip_local_port_range), so that none can take it. */
const lowest = 61_001;
const highest = 65_499;

/** One file per port that a process has been given, which holds its pid: tests run several at a time. */
const directory = join(tmpdir(), `ekiden-test-ports-${userInfo().uid}`);

/** Takes a port for this process; false when another one that runs has it. */
function claim(port: number): boolean {
  const file = join(directory, String(port));
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return true;
    } catch {
      const owner = readOwner(file);
      // An empty one is being written just now
      if (owner === '' || identifyProcess(Number(owner)) !== undefined) return false;
      rmSync(file, { force: true });
    }
  }
}

function readOwner(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

/** Whether one can listen on a TCP port of 127.0.0.1. */
export function isFreePort(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A TCP port on 127.0.0.1 that nobody uses now, and that no other test is given while this process runs. */
export async function freePort(): Promise<number> {
  mkdirSync(directory, { recursive: true });
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1));
    if (!claim(port)) continue;
    if (await isFreePort(port)) return port;
  }
  throw new Error(`no free port from ${lowest} to ${highest}`);
}
