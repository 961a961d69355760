import t from 'tap';
import { createOutbox } from '../../../../src/scheduler/adapters/mesos/outbox.js';
import type { ClusterCall } from '../../../../src/scheduler/core/effects.js';

const revive: ClusterCall = { type: 'revive', roles: ['dev'] };

t.test('more than the limit is dropped, and said', async (t) => {
  const sent: ClusterCall[] = [];
  const dropped: (readonly [number, string])[] = [];
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const outbox = createOutbox({
    post: async (call) => {
      await gate;
      sent.push(call);
    },
    maxWaiting: 3,
    dropped: (...args) => void dropped.push(args),
  });
  const done = Promise.all([outbox.send([revive]), outbox.send([revive, revive, revive, revive, revive])]);
  t.same(dropped, [[2, '3 calls are waiting already']], 'one is on its way, three wait');
  release();
  await done;
  t.equal(sent.length, 4);
});

t.test('stop drops what waits, and what comes later', async (t) => {
  const dropped: (readonly [number, string])[] = [];
  const sent: ClusterCall[] = [];
  const outbox = createOutbox({
    post: async (call) => {
      sent.push(call);
      outbox.stop();
    },
    maxWaiting: 10,
    dropped: (...args) => void dropped.push(args),
  });
  await outbox.send([revive, revive, revive]);
  await outbox.send([revive]);
  outbox.stop();
  t.equal(sent.length, 1);
  t.same(dropped, [
    [2, 'the connection was lost'],
    [1, 'not connected'],
  ]);
});
