import type { ZooKeeperClient } from './client.js';
import { zooKeeperCodeOf } from './errors.js';

/** The path of a node below another one; `/` has no slash of its own then. */
export function childPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}

/**
 * Makes a node without data, and those above it, where they are not there. Safe to repeat. Those above `own` are nobody's: who has a user of
 * his own must not lock others out, such as Mesos at `/site/mesos` beside `/site/marathon`.
 */
export async function ensurePath(client: ZooKeeperClient, path: string, own = path): Promise<void> {
  if (path === '/' || (await client.exists(path)) !== undefined) return;
  await ensurePath(client, path.slice(0, path.lastIndexOf('/')) || '/', own);
  try {
    await client.create(path, Buffer.alloc(0), path.length < own.length ? 'shared' : 'persistent');
  } catch (error) {
    if (zooKeeperCodeOf(error) === 'NODE_EXISTS') return;
    // Whether it was made or not: the next look tells.
    if (zooKeeperCodeOf(error) !== 'CONNECTION_LOSS' || (await client.exists(path)) === undefined) throw error;
  }
}

/** The number at the end of a sequential node's name; undefined when there is none. */
export function sequenceOf(name: string): number | undefined {
  const digits = /(\d{10})$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
