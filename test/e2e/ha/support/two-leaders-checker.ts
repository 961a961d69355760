// Whether there were ever two leaders: what every scheduler did is held against who had the store when.
import type { Test } from 'tap';
import { sleep } from '../../../../src/common/time.js';
import { parseFence } from '../../../../src/scheduler/adapters/zookeeper/fence.js';
import { parseJournalName, storeLayout } from '../../../../src/scheduler/adapters/zookeeper/layout.js';
import type { ZooKeeperClient } from '../../../../src/zookeeper/client.js';
import { ZooKeeperError } from '../../../../src/zookeeper/errors.js';
import { childPath } from '../../../../src/zookeeper/paths.js';
import type { RecordedCall, RecordingMasterProxy } from '../../../support/recording-master-proxy.js';
import { zooKeeperClient } from '../../../support/zookeeper-client.js';
import type { Fleet } from './fleet.js';

/** One scheduler's time with the store. */
export interface Term {
  readonly epoch: number;
  /** `host:port` */
  readonly holder: string;
  /** When it was seen to have begun, in milliseconds since 1970: shortly after it had. */
  readonly seenAtMs: number;
  /** ZooKeeper's transaction that began it. */
  readonly zxid: bigint;
}

/** Something that none but the leader may do. */
export interface Act {
  /** `host:port` of the scheduler. */
  readonly address: string;
  /** Not before this it was done, in milliseconds since 1970. */
  readonly atMs: number;
  readonly what: string;
}

/** A node of the store and the transaction that made it. */
export interface MadeNode {
  readonly path: string;
  readonly czxid: bigint;
}

/** A term may be seen so much later than what its holder does first. */
const slackMs = 500;

/** Acts of schedulers that did not have the store, or not any more. `terms` in the order of their epochs; what was before the first does not count. */
export function actsWithoutTerm(acts: readonly Act[], terms: readonly Term[]): string[] {
  const [first] = terms;
  if (first === undefined) return [];
  const isWithin = ({ address, atMs }: Act): boolean =>
    terms.some(({ holder, seenAtMs }, index) => {
      const next = terms.slice(index + 1).find((term) => term.holder !== holder);
      return holder === address && atMs >= seenAtMs - slackMs && (next === undefined || atMs <= next.seenAtMs);
    });
  return acts
    .filter((act) => act.atMs >= first.seenAtMs && !isWithin(act))
    .map(({ address, atMs, what }) => {
      const present = terms.findLast(({ seenAtMs }) => seenAtMs <= atMs);
      const since = atMs - (present?.seenAtMs ?? atMs);
      return `${address} ${what}, ${since} ms after ${present?.holder} had taken the store (epoch ${present?.epoch})`;
    });
}

/** Calls that the master accepted though another subscription had followed the one to which they belong. */
export function callsAfterSuccessor(calls: readonly RecordedCall[]): string[] {
  const accepted = calls.filter(({ status }) => status === 200 || status === 202);
  const subscriptions = accepted.filter(({ type }) => type === 'SUBSCRIBE').sort((a, b) => a.atMs - b.atMs);
  return accepted.flatMap(({ type, streamId, sentAtMs }) => {
    if (type === 'SUBSCRIBE') return [];
    const own = subscriptions.findIndex((subscription) => subscription.streamId === streamId);
    const next = subscriptions[own + 1];
    if (own >= 0 && (next === undefined || sentAtMs <= next.atMs)) return [];
    return [
      `${type} on stream ${streamId} was accepted ${sentAtMs - (next?.atMs ?? sentAtMs)} ms after its successor had begun`,
    ];
  });
}

/** Nodes of the store that were made out of turn: commits not in their order, pages and blobs after the end of the epoch in their names. */
export function nodesOutOfTurn(nodes: readonly MadeNode[], terms: readonly Term[]): string[] {
  const nameOf = ({ path }: MadeNode): string => path.slice(path.lastIndexOf('/') + 1);
  const commits = nodes
    .flatMap((node) => {
      const name = parseJournalName(nameOf(node));
      return name === undefined ? [] : [{ ...node, ...name }];
    })
    .sort((a, b) => a.sequence - b.sequence || a.part - b.part);
  const troubles = commits.flatMap((commit, index) => {
    const before = commits[index - 1];
    return before === undefined || before.czxid <= commit.czxid
      ? []
      : [`${commit.path} was made before ${before.path}`];
  });
  for (const node of nodes) {
    const epoch = Number(/^(\d+)-\d+(-\d+)?$/.exec(nameOf(node))?.[1]);
    if (!Number.isInteger(epoch) || parseJournalName(nameOf(node)) !== undefined) continue;
    const own = terms.find((term) => term.epoch === epoch);
    const next = terms.find((term) => term.epoch > epoch);
    if (own !== undefined && node.czxid < own.zxid) troubles.push(`${node.path} was made before epoch ${epoch} began`);
    if (next !== undefined && node.czxid > next.zxid) {
      troubles.push(`${node.path} was made when epoch ${next.epoch} had begun`);
    }
  }
  return troubles;
}

/** Terms whose epoch is not above that of the one before. */
function fallingTerms(terms: readonly Term[]): string[] {
  return terms.flatMap(({ epoch, zxid }, index) => {
    const before = terms[index - 1];
    if (before === undefined || (epoch > before.epoch && zxid > before.zxid)) return [];
    return [`epoch ${before.epoch} was followed by ${epoch}`];
  });
}

/** The time between the last act of a leader and the beginning of the next one's term, for each change of the leader; in ms. */
export function gapsBetween(acts: readonly Act[], terms: readonly Term[]): number[] {
  return terms.flatMap(({ holder, seenAtMs }, index) => {
    const former = terms[index - 1];
    if (former === undefined || former.holder === holder) return [];
    const last = acts
      .filter(({ address, atMs }) => address === former.holder && atMs >= former.seenAtMs - slackMs && atMs <= seenAtMs)
      .reduce((latest, { atMs }) => Math.max(latest, atMs), -Infinity);
    return last === -Infinity ? [] : [seenAtMs - last];
  });
}

export interface TwoLeadersChecker {
  /** Who has had the store since the checker was started; the last one has it now. */
  readonly terms: readonly Term[];
  /** Notes what a scheduler did that the checker does not see itself. */
  acted(act: Act): void;
  /** Resolves with the term that follows the one with `epoch`, once it has begun. */
  termAfter(epoch: number): Promise<Term>;
  /** Ends the watching. `troubles`: whatever tells of two leaders, to be empty. */
  finish(): Promise<{ troubles: string[]; acts: number; nodes: number; gapsMs: readonly number[] }>;
}

/** Between two looks. */
const lookMs = 50;
const longMs = 1_000_000;
const stateChanging = ['SUBSCRIBE', 'ACCEPT', 'KILL', 'REVIVE', 'SUPPRESS', 'DECLINE', 'ACKNOWLEDGE', 'RECONCILE'];

/**
 * Watches a fleet from now on: the fence of the store through every server of ZooKeeper, so that one that is away hides nothing; the
 * store's nodes; whether schedulers say that they lead; and the calls that the master accepted, by the proxy of each scheduler
 * (`proxies[n]`). `path` is that of `--zk`.
 */
export function startTwoLeadersChecker(
  t: Test,
  fleet: Fleet,
  { proxies, path = '/marathon' }: { readonly proxies: readonly RecordingMasterProxy[]; readonly path?: string },
): TwoLeadersChecker {
  const layout = storeLayout(path);
  const end = new AbortController();
  const terms: Term[] = [];
  const said: Act[] = [];
  const nodes = new Map<string, bigint>();
  const troubles: string[] = [];
  const waiting = new Set<() => void>();

  async function watchFence(client: ZooKeeperClient): Promise<void> {
    while (!end.signal.aborted) {
      const changed = new AbortController();
      try {
        const { data, stat } = await client.get(layout.fence, () => changed.abort());
        const { epoch, holder } = parseFence(data, layout.root);
        if (terms.every(({ zxid }) => zxid !== stat.mzxid)) {
          terms.push({ epoch, holder, seenAtMs: Date.now(), zxid: stat.mzxid });
          // A server that was away for a while may tell of an older one
          terms.sort((a, b) => (a.zxid < b.zxid ? -1 : 1));
          for (const look of waiting) look();
        }
        await sleep(longMs, AbortSignal.any([changed.signal, end.signal]));
      } catch (error) {
        if (!(error instanceof ZooKeeperError)) throw error;
        await sleep(lookMs, end.signal);
      }
    }
  }

  async function watchNodes(client: ZooKeeperClient): Promise<void> {
    while (!end.signal.aborted) {
      try {
        for (const folder of [layout.journal, layout.pages, layout.blobs]) {
          const paths = (await client.children(folder)).map((name) => childPath(folder, name));
          await Promise.all(
            paths
              .filter((at) => !nodes.has(at))
              .map(async (at) => {
                const stat = await client.exists(at);
                if (stat !== undefined) nodes.set(at, stat.czxid);
              }),
          );
        }
      } catch (error) {
        if (!(error instanceof ZooKeeperError)) throw error;
      }
      await sleep(4 * lookMs, end.signal);
    }
  }

  async function watchLeading(n: number): Promise<void> {
    const scheduler = fleet.schedulers[n];
    while (scheduler !== undefined && !end.signal.aborted) {
      const atMs = Date.now();
      if (await scheduler.isLeading()) said.push({ address: scheduler.address, atMs, what: 'said that it leads' });
      await sleep(lookMs, end.signal);
    }
  }

  const connect = (hosts: string): ZooKeeperClient => zooKeeperClient(t, hosts, { sessionTimeoutMs: 60_000 });
  const watching = [
    ...fleet.zooKeeper.servers.map(({ port }) => watchFence(connect(`127.0.0.1:${port}`))),
    watchNodes(connect(fleet.zooKeeper.hosts)),
    ...fleet.schedulers.map(({ n }) => watchLeading(n)),
  ];

  function calledActs(): Act[] {
    return proxies.flatMap(({ calls }, n) =>
      calls
        .filter(({ type, status }) => stateChanging.includes(type) && (status === 200 || status === 202))
        .map(({ type, sentAtMs }) => ({
          address: fleet.schedulers[n]?.address ?? '',
          atMs: sentAtMs,
          what: `made Mesos accept ${type}`,
        })),
    );
  }

  return {
    terms,
    acted: (act) => void said.push(act),
    termAfter: (epoch) =>
      new Promise((resolve) => {
        const look = (): void => {
          const next = terms.find((term) => term.epoch > epoch);
          if (next === undefined) return;
          waiting.delete(look);
          resolve(next);
        };
        waiting.add(look);
        look();
      }),
    async finish() {
      end.abort();
      await Promise.all(watching);
      const acts = [...said, ...calledActs()];
      const made = [...nodes].map(([at, czxid]) => ({ path: at, czxid }));
      troubles.push(
        ...fallingTerms(terms),
        ...actsWithoutTerm(acts, terms),
        ...callsAfterSuccessor(proxies.flatMap(({ calls }) => calls)),
        ...nodesOutOfTurn(made, terms),
      );
      return { troubles, acts: acts.length, nodes: nodes.size, gapsMs: gapsBetween(acts, terms) };
    },
  };
}
