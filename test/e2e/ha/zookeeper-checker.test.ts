// That the checker of two leaders would see them.
import t from 'tap';
import type { RecordedCall } from '../../support/recording-master-proxy.js';
import { actsWithoutTerm, callsAfterSuccessor, gapsBetween, nodesOutOfTurn } from './support/two-leaders-checker.js';
import type { Act, Term } from './support/two-leaders-checker.js';

const terms: readonly Term[] = [
  { epoch: 1, holder: 'a:1', seenAtMs: 10_000, zxid: 100n },
  { epoch: 2, holder: 'b:2', seenAtMs: 20_000, zxid: 200n },
  { epoch: 4, holder: 'a:1', seenAtMs: 30_000, zxid: 400n },
];
const act = (address: string, atMs: number): Act => ({ address, atMs, what: 'acted' });

t.test('acts of who has not the store', async (t) => {
  const fine = [act('a:1', 10_000), act('a:1', 19_999), act('b:2', 20_050), act('b:2', 19_900), act('a:1', 40_000)];
  t.same(actsWithoutTerm(fine, terms), []);
  t.same(actsWithoutTerm([act('a:1', 20_700)], terms), ['a:1 acted, 700 ms after b:2 had taken the store (epoch 2)']);
  t.equal(actsWithoutTerm([act('b:2', 15_000)], terms).length, 1, 'too early');
  t.equal(actsWithoutTerm([act('b:2', 30_001)], terms).length, 1, 'too late');
  t.equal(actsWithoutTerm([act('c:3', 25_000)], terms).length, 1, 'never');
  t.same(actsWithoutTerm([act('c:3', 9_000)], terms), [], 'before the watching began');
  t.same(gapsBetween([act('a:1', 18_500), act('a:1', 19_000), act('b:2', 21_000)], terms), [1_000, 9_000]);
});

t.test('calls on a stream that was followed by another one', async (t) => {
  const call = (type: string, streamId: string, sentAtMs: number, status = 202): RecordedCall => ({
    type,
    streamId,
    sentAtMs,
    atMs: sentAtMs + 10,
    status: type === 'SUBSCRIBE' ? 200 : status,
    taskIds: [],
    remotePort: 1,
  });
  const before = [call('SUBSCRIBE', 's1', 100), call('ACCEPT', 's1', 200), call('SUBSCRIBE', 's2', 300)];
  t.same(callsAfterSuccessor([...before, call('KILL', 's2', 400), call('ACCEPT', 's1', 305)]), []);
  t.same(callsAfterSuccessor([...before, call('ACCEPT', 's1', 400, 400)]), [], 'refused');
  t.same(callsAfterSuccessor([...before, call('ACCEPT', 's1', 400)]), [
    'ACCEPT on stream s1 was accepted 90 ms after its successor had begun',
  ]);
});

t.test('nodes that a deposed leader has made', async (t) => {
  const node = (path: string, czxid: bigint): { path: string; czxid: bigint } => ({ path, czxid });
  const fine = [
    node('/x/journal/000000000001-00000-00001', 110n),
    node('/x/journal/000000000002-00000-00002', 210n),
    node('/x/journal/000000000002-00001-00002', 210n),
    node('/x/pages/1-7', 150n),
    node('/x/blobs/2-3-0', 250n),
    node('/x/pages/4-1', 450n),
  ];
  t.same(nodesOutOfTurn(fine, terms), []);
  t.same(nodesOutOfTurn([node('/x/pages/1-8', 201n)], terms), ['/x/pages/1-8 was made when epoch 2 had begun']);
  t.same(nodesOutOfTurn([node('/x/blobs/2-3-0', 199n)], terms), ['/x/blobs/2-3-0 was made before epoch 2 began']);
  t.equal(nodesOutOfTurn([...fine, node('/x/journal/000000000003-00000-00001', 205n)], terms).length, 1);
});
