import t from 'tap';
import type { ZooKeeperClient } from '../../src/zookeeper/client.js';
import { holdLease } from '../../src/zookeeper/lease.js';
import { waitFor } from '../support/wait.js';

/** A session whose every question is answered when the test says so. */
function slowSession(sessionTimeoutMs: number): {
  readonly client: ZooKeeperClient;
  /** The questions that are not answered yet. */
  readonly asked: (() => void)[];
} {
  const asked: (() => void)[] = [];
  const notNeeded = (): never => {
    throw new Error('not asked for by a lease');
  };
  const client: ZooKeeperClient = {
    state: 'connected',
    sessionTimeoutMs,
    lastHeardMs: 0,
    onState: () => () => undefined,
    connected: notNeeded,
    create: notNeeded,
    set: notNeeded,
    remove: notNeeded,
    get: notNeeded,
    exists: notNeeded,
    children: notNeeded,
    multi: () => new Promise((resolve) => asked.push(resolve)),
    close: notNeeded,
  };
  return { client, asked };
}

t.test('a confirmation that is read late counts from when it was asked for', async (t) => {
  // So long that no timer rings here: a process that stood still for seconds may find an answer before it sees to its timers
  const sessionTimeoutMs = 600_000;
  const { client, asked } = slowSession(sessionTimeoutMs);
  const heard: string[] = [];
  let nowMs = 0;
  const lease = holdLease({
    client,
    candidate: '/leader/1',
    granted() {
      heard.push('granted');
      nowMs = sessionTimeoutMs / 6;
    },
    lost: (reason) => heard.push(reason),
    monotonicMs: () => nowMs,
  });
  t.teardown(() => lease.end());
  asked.shift()?.();
  const answerSecond = await waitFor('the second question', () => asked.shift());
  t.same(heard, ['granted']);
  t.ok(lease.valid);

  nowMs = (sessionTimeoutMs * 2) / 3;
  t.notOk(lease.valid, 'whoever asks now is told that this process may not act');
  answerSecond();
  await waitFor('what comes of it', () => lease.valid);
  t.same(heard, ['granted'], 'the session is there for longer than that');
  nowMs += sessionTimeoutMs / 6;
  t.notOk(lease.valid);
});
