import { loadState } from '../../src/scheduler/core/load.js';
import { readRecords } from '../../src/scheduler/load-store.js';
import type { ZooKeeperClient } from '../../src/zookeeper/client.js';
import { childPath } from '../../src/zookeeper/paths.js';
import { table } from '../support/report.js';
import type { NamedStore } from './writing.js';

/** The best of so many: what others do on the machine only adds to it. */
const attempts = 3;

const sumOf = (times: readonly number[]): number => times.reduce((sum, ms) => sum + ms, 0);

/** What a start takes until the state is there: opening, reading, and what the core makes of it. */
async function loadTimes({ open }: NamedStore): Promise<readonly number[]> {
  let best: readonly number[] | undefined;
  for (let n = 0; n < attempts; n++) {
    const startedMs = performance.now();
    const store = await open();
    const openedMs = performance.now();
    const records = await readRecords(store);
    const readMs = performance.now();
    loadState(records);
    const times = [openedMs - startedMs, readMs - openedMs, performance.now() - readMs];
    await store.close();
    if (best === undefined || sumOf(times) < sumOf(best)) best = times;
  }
  return best ?? [];
}

/** The sizes of all nodes below a path, itself included. */
async function nodeSizes(client: ZooKeeperClient, path: string): Promise<number[]> {
  const [stat, names] = await Promise.all([client.exists(path), client.children(path)]);
  const below = await Promise.all(names.map((name) => nodeSizes(client, childPath(path, name))));
  return [stat?.dataLength ?? 0, ...below.flat()];
}

/** Loads stores, the first of which is what the others are compared with. `at`: where in ZooKeeper a store lies. */
export async function measureLoading(
  title: string,
  stores: readonly (NamedStore & { readonly at?: { readonly client: ZooKeeperClient; readonly path: string } })[],
): Promise<void> {
  const row = table(title, [
    ['open ms', 9],
    ['read ms', 9],
    ['core ms', 9],
    ['all ms', 9],
    ['ratio', 8],
    ['nodes', 8],
    ['kB', 8],
    ['largest', 9],
  ]);
  let first: number | undefined;
  for (const store of stores) {
    const times = await loadTimes(store);
    const allMs = sumOf(times);
    first ??= allMs;
    const sizes = store.at === undefined ? [] : await nodeSizes(store.at.client, store.at.path);
    const nodes = sizes.length === 0 ? [] : [sizes.length, sumOf(sizes) / 1000, Math.max(...sizes)];
    row(store.name, ...times, allMs, allMs / first, ...nodes);
  }
}
