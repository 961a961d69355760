import { messageOf } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import { sleep } from '../common/time.js';
import type { ZooKeeperClient } from '../zookeeper/client.js';
import { zooKeeperCodeOf } from '../zookeeper/errors.js';
import { keepSession } from '../zookeeper/keep-session.js';
import { childPath, sequenceOf } from '../zookeeper/paths.js';
import { parseMasterInfo } from './master-info.js';
import { MasterBoard } from './master-source.js';
import type { MasterSource } from './master-source.js';

const prefix = 'json.info_';
/** What masters before Mesos 0.23 write, and later ones beside the other. */
const binaryPrefix = 'info_';

/** After a request that failed, before the next look. */
const retryMs = 500;
/** Clusters have a handful; more nodes are not looked at. */
const maxMasters = 100;

/**
 * Masters as they announce themselves in ZooKeeper, in ephemeral numbered nodes `json.info_NNNNNNNNNN` below `path`: the lowest number
 * leads. While ZooKeeper cannot be reached, what was known last stays: a master goes on without it for a while, too.
 */
export function zooKeeperMasters(options: {
  /** Makes a session; called again when one is over. */
  readonly open: () => ZooKeeperClient;
  readonly path: string;
  readonly logger: Logger;
  /** In [0, 1). */
  readonly random: () => number;
}): MasterSource {
  const { path, logger } = options;
  const board = new MasterBoard();
  /** Names of nodes that were complained of. */
  const complaints = new Set<string>();
  /** Why the last look failed, so that a reason is logged once and not at every look. */
  let failure: string | undefined;

  function complain(name: string, message: string): void {
    if (complaints.has(name)) return;
    complaints.add(name);
    logger.warn({ node: childPath(path, name) }, message);
  }

  async function look(client: ZooKeeperClient, changed: () => void): Promise<void> {
    const names = await client.children(path, changed).catch((error: unknown) => {
      if (zooKeeperCodeOf(error) === 'NO_NODE') return undefined;
      throw error;
    });
    if (names === undefined) {
      // The watcher hears of its making; what was made since the first look is found by the next.
      if ((await client.exists(path, changed)) !== undefined) changed();
      board.set({ leader: undefined, masters: [] });
      return;
    }
    for (const name of [...complaints]) if (!names.includes(name)) complaints.delete(name);
    const nodes: { readonly name: string; readonly sequence: number }[] = [];
    for (const name of names) {
      const sequence = sequenceOf(name);
      if (sequence === undefined) continue;
      if (name.startsWith(prefix)) nodes.push({ name, sequence });
      else if (name.startsWith(binaryPrefix)) {
        complain(name, 'a Mesos master announces itself in the binary form of Mesos before 0.23, which is not read');
      }
    }
    nodes.sort((a, b) => a.sequence - b.sequence);
    const texts = await Promise.all(
      nodes.slice(0, maxMasters).map(async ({ name }) => {
        try {
          return { name, text: (await client.get(childPath(path, name), changed)).data.toString() };
        } catch (error) {
          if (zooKeeperCodeOf(error) === 'NO_NODE') return undefined;
          throw error;
        }
      }),
    );
    // A node that went meanwhile: the watcher of the children calls for another look.
    const present = texts.filter((found) => found !== undefined);
    const masters = present.map(({ name, text }) => {
      const master = parseMasterInfo(text);
      if (master === undefined) complain(name, 'a Mesos master announces itself without an address that can be used');
      return master?.authority;
    });
    const leader = masters[0];
    const others = masters.flatMap((authority) => (authority === undefined ? [] : [authority]));
    const before = board.current.leader;
    board.set({ leader, masters: [...new Set(others)] });
    if (leader !== before) {
      if (leader === undefined) logger.warn({ path }, 'no Mesos master leads, by what ZooKeeper says');
      else logger.info({ master: leader }, 'the leading Mesos master, by what ZooKeeper says');
    }
  }

  async function follow(client: ZooKeeperClient, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let ring = (): void => undefined;
      const rung = new Promise<void>((resolve) => (ring = resolve));
      signal.addEventListener('abort', ring, { once: true });
      try {
        await look(client, ring);
        failure = undefined;
        await rung;
      } catch (error) {
        if (signal.aborted) return;
        const reason = messageOf(error);
        if (reason !== failure) logger.warn({ path, reason }, 'the Mesos masters could not be looked up in ZooKeeper');
        failure = reason;
        await sleep(retryMs, signal);
      } finally {
        signal.removeEventListener('abort', ring);
      }
    }
  }

  const session = keepSession({ open: options.open, follow, logger, random: options.random });
  return {
    get current() {
      return board.current;
    },
    onChange: (listener) => board.onChange(listener),
    known: (signal) => board.known(signal),
    close: () => session.close(),
  };
}
