import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import t from 'tap';
import { silentLogger } from '../../../../src/common/logger.js';
import { openZooKeeperStore } from '../../../../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import type { ZooKeeperStore } from '../../../../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import { killProcess } from '../../../support/kill.js';
import { waitFor } from '../../../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../../../support/zookeeper.js';
import { zooKeeperClient } from '../../../support/zookeeper-client.js';

const parts = 3;
/** Two thirds of it must be enough for the servers to elect a new leader among themselves, on a busy machine, too. */
const sessionTimeoutMs = 4_000;

interface Candidate {
  readonly lines: readonly string[];
  /** What was acknowledged to it. */
  wrote(): string[];
  signal(signal: NodeJS.Signals): void;
}

function startCandidate(t: Test, address: string, name: string): Candidate {
  const script = fileURLToPath(new URL('leader-process.js', import.meta.url));
  const child = spawn(process.execPath, [script, address, name, String(parts), String(sessionTimeoutMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return {
    lines,
    wrote: () => lines.filter((line) => line.startsWith('wrote ')).map((line) => line.slice('wrote '.length)),
    signal: (signal) => killProcess(child.pid, signal),
  };
}

/** How many records of each generation there are. */
async function generations(store: ZooKeeperStore): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const [key] of store.list('g')) {
    const generation = key.slice(0, key.indexOf('/'));
    found.set(generation, (found.get(generation) ?? 0) + 1);
  }
  return found;
}

async function more(candidate: Candidate, count: number): Promise<void> {
  const before = candidate.wrote().length;
  await waitFor(`${count} more writes`, () => {
    if (candidate.wrote().length >= before + count) return true;
    throw new Error(candidate.lines.filter((line) => !line.startsWith('wrote ')).join(', '));
  });
}

// Sessions must end, and servers start: seconds each, more on a busy machine.
t.setTimeout(120_000);

t.test('leaders and servers that die and freeze while they write', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts, servers, leader } = await startZooKeeper(t, 3);
  const address = `zk://${hosts}/marathon`;
  const first = startCandidate(t, address, 'first:1');
  await more(first, 20);
  const second = startCandidate(t, address, 'second:2');
  await waitFor('the second to know the leader', () => second.lines.includes('leader first:1'));

  // The servers' leader is killed, twice, between writes and during them.
  for (let round = 0; round < 2; round++) {
    const server = await leader();
    await more(first, 5);
    await server.kill();
    await more(first, 20);
    await server.start();
  }
  t.notOk(
    first.lines.some((line) => /^(deposed|failed)/.test(line)),
    'a leader outlives the servers that it talks to, and no write of it fails',
  );

  // The leader freezes for longer than its session.
  first.signal('SIGSTOP');
  await more(second, 20);
  t.ok(second.lines.includes('epoch 2'));
  first.signal('SIGCONT');
  await waitFor('the first to notice', () => first.lines.some((line) => line.startsWith('deposed ')));
  await waitFor('its writing to fail', () => first.lines.some((line) => line.startsWith('failed ')));
  const wroteThen = first.wrote();

  // The leader is killed; the next one has been there before and was deposed: it does not come back.
  second.signal('SIGKILL');
  const third = startCandidate(t, address, 'third:3');
  await more(third, 20);
  t.ok(third.lines.includes('epoch 3'));
  t.same(first.wrote(), wroteThen, 'who was deposed writes nothing any more');
  t.equal(first.lines.filter((line) => line === 'elected').length, 1);

  // A server freezes. Whoever is connected to just this one may find another in time, or lose the leadership for want of a word; then
  // another process takes the store, as one would that is not told of the election.
  const frozen = servers[0];
  frozen?.freeze();
  const before = third.wrote().length;
  await waitFor('more writes, or the end of its leadership', () => {
    return third.wrote().length >= before + 5 || third.lines.some((line) => line.startsWith('deposed '));
  });
  const client = zooKeeperClient(t, hosts, { sessionTimeoutMs: 10_000 });
  const store = await openZooKeeperStore({ client, path: '/marathon', holder: 'test:0', logger: silentLogger });
  frozen?.resume();
  // Where the freeze has cost it its session it fails for that; writing it cannot go on
  await waitFor('the third to be refused', () => third.lines.some((line) => line.startsWith('failed ')));

  const found = await generations(store);
  const acknowledged = [...first.wrote(), ...second.wrote(), ...third.wrote()];
  t.same(
    acknowledged.filter((generation) => !found.has(generation)),
    [],
    `nothing of ${acknowledged.length} acknowledged writes is lost`,
  );
  t.same(
    [...found].filter(([, count]) => count !== parts),
    [],
    'no write is torn',
  );
  const unasked = found.size - acknowledged.length;
  t.ok(unasked <= 3, `${unasked} writes became durable without an acknowledgement, at most one of each process`);
});
