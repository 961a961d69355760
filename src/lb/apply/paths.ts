import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { StartupError } from '../../common/errors.js';

/** Where the role keeps its files. */
export interface LbPaths {
  readonly directory: string;
  /** The configuration of the running HAProxy, or the one being tried. */
  readonly config: string;
  /** A configuration that is not accepted yet. */
  readonly nextConfig: string;
  /** The last configuration that HAProxy is known to have run. */
  readonly goodConfig: string;
  /** Directory of the map files. */
  readonly maps: string;
  /** Configurations that were in force. */
  readonly archive: string;
  /** Where HAProxy finds the states of servers when it starts. */
  readonly serverState: string;
  readonly pidFile: string;
  /** Which process is ours (`HaproxyState`). */
  readonly state: string;
  readonly lock: string;
  readonly statsSocket: string;
  readonly rules: string;
  readonly goodRules: string;
  readonly ruleHistory: string;
  /** What the load balancer before this one has decided (`KeptDecisions`). */
  readonly decisions: string;
}

/**
 * The longest path HAProxy can bind a Unix socket to: `sun_path` has 108 bytes, of which it needs some for the temporary name
 * `<path>.<pid>.tmp` under which it binds.
 */
const maxSocketPathBytes = 90;

/** Makes a directory that only this user can enter, and refuses one that somebody else has put there. */
async function privateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  if (!found.isDirectory() || found.uid !== userInfo().uid || (found.mode & 0o077) !== 0) {
    throw new StartupError(
      `${path} is not a directory of this user alone: remove it, or choose a shorter path with --work_dir`,
    );
  }
}

/**
 * Prepares the directory `<workDir>/lb`. Where its path is too long for a Unix socket, the socket gets a short one in the
 * system's directory for temporary files, always the same for the same work_dir.
 */
export async function preparePaths(workDir: string): Promise<LbPaths> {
  const directory = resolve(workDir, 'lb');
  await mkdir(directory, { recursive: true });
  let statsSocket = join(directory, 'haproxy.sock');
  if (Buffer.byteLength(statsSocket) > maxSocketPathBytes) {
    const hash = createHash('sha256').update(directory).digest('hex').slice(0, 16);
    const short = [tmpdir(), '/tmp'].find((d) => Buffer.byteLength(d) < 40) ?? '/tmp';
    const shared = join(short, `ekiden-${userInfo().uid}`);
    await privateDirectory(shared);
    statsSocket = join(shared, `${hash}.sock`);
  }
  return {
    directory,
    config: join(directory, 'haproxy.cfg'),
    nextConfig: join(directory, 'haproxy.cfg.next'),
    goodConfig: join(directory, 'haproxy.cfg.good'),
    maps: join(directory, 'maps'),
    archive: join(directory, 'archive'),
    serverState: join(directory, 'haproxy.servers'),
    pidFile: join(directory, 'haproxy.pid'),
    state: join(directory, 'haproxy.json'),
    lock: join(directory, 'lock.json'),
    statsSocket,
    rules: join(directory, 'rules.json'),
    goodRules: join(directory, 'rules.good.json'),
    ruleHistory: join(directory, 'rules.history.json'),
    decisions: join(directory, 'decisions.json'),
  };
}
