// HAProxy before three schedulers, with the configuration that is shipped: soon after an election everything comes to the leader directly.
// The long form: EKIDEN_TEST_LONG=1.
import t from 'tap';
import { sleep } from '../../../src/common/time.js';
import { withoutHaproxy } from '../../support/haproxy.js';
import { waitFor } from '../../support/wait.js';
import { withoutZooKeeper } from '../../support/zookeeper.js';
import { ask } from '../support/http.js';
import { startFleet } from './support/fleet.js';
import { startFront } from './support/start-front.js';
import { recordVia } from './support/via-recorder.js';

const long = process.env['EKIDEN_TEST_LONG'] === '1';
const elections = long ? 12 : 4;
/** After an election, when nothing should be passed on from one scheduler to another any more. */
const boundMs = 2_000;
/** How long requests are looked at after that. */
const watchMs = 1_500;
/** Requests in a row that tell that the front has found the new leader. */
const settledAfter = 20;

t.setTimeout(long ? 600_000 : 180_000);

interface Seen {
  readonly sentMs: number;
  readonly status: number;
}

t.test('HAProxy before the schedulers', { skip: withoutZooKeeper() || withoutHaproxy() }, async (t) => {
  const hostnameOf = (n: number): string => `127.0.0.${n + 2}`;
  const fleet = await startFleet(t, { hostnameOf, sessionTimeoutMs: 4_000 });
  const recorded = await Promise.all(fleet.schedulers.map(({ n, port }) => recordVia(t, hostnameOf(n), port)));
  const passedOn = () => recorded.flat();
  const front = await startFront(
    t,
    fleet.schedulers.map(({ port }) => port),
  );
  await waitFor('the front', async () => (await ask(front, '/v2/info')).status === 200);

  await t.test('what is sent to a scheduler that does not lead is passed on, and that is seen here', async (t) => {
    const leader = await fleet.leader();
    const standby = fleet.schedulers.find((scheduler) => scheduler !== leader);
    t.equal((await standby?.api('GET', '/v2/info'))?.status, 200);
    t.match(passedOn(), [{ url: '/v2/info' }]);
  });

  const seen: Seen[] = [];
  const end = new AbortController();
  t.teardown(() => end.abort());
  const client = async (method: string, path: string, body?: unknown): Promise<void> => {
    while (!end.signal.aborted) {
      const sentMs = performance.now();
      const status = await ask(front, path, { method, ...(body === undefined ? {} : { body }) }).then(
        (answer) => answer.status,
        () => 0,
      );
      seen.push({ sentMs, status });
      await sleep(25, end.signal);
    }
  };
  const clients = [
    client('GET', '/v2/apps'),
    client('GET', '/v2/leader'),
    client('PUT', '/v2/apps/one', { id: '/one', cmd: 'sleep 100000', instances: 0 }),
  ];
  const lasted: number[] = [];

  for (let n = 0; n < elections; n++) {
    const way = n % 2 === 0 ? 'abdicates' : 'is killed';
    await t.test(`the leader ${way}`, async (t) => {
      const stream = await fetch(`http://127.0.0.1:${front}/v2/events`, { headers: { accept: 'text/event-stream' } });
      t.equal(stream.status, 200);
      t.notOk(stream.redirected, 'an event stream comes from the leader itself');
      const streamed = stream.text().then(
        () => 'ended',
        () => 'broken',
      );
      const leader = await fleet.leader();
      if (way === 'is killed') await leader.kill();
      else t.equal((await leader.api('DELETE', '/v2/leader')).status, 200);
      t.match(await streamed, /^(ended|broken)$/, 'it ends with the leader');
      await fleet.leader({ except: leader });
      const electedMs = performance.now();
      await waitFor('the front to find the new leader', () => {
        const latest = seen.slice(-settledAfter);
        const from = latest[0]?.sentMs ?? 0;
        const calm = latest.length === settledAfter && latest.every(({ status }) => status === 200);
        return from > electedMs && calm && passedOn().every(({ atMs }) => atMs < from);
      });
      const settledMs = Math.max(performance.now(), electedMs + boundMs);
      await sleep(settledMs + watchMs - performance.now());
      const after = seen.filter(({ sentMs }) => sentMs > settledMs);
      t.ok(after.length > 0, 'there were requests');
      t.same([...new Set(after.map(({ status }) => status))], [200], 'all were answered');
      t.same(
        passedOn().filter(({ atMs }) => atMs > settledMs),
        [],
        'none was passed on from one scheduler to another',
      );
      const last = Math.max(electedMs, ...passedOn().map(({ atMs }) => atMs));
      lasted.push(Math.round(last - electedMs));
    });
  }
  end.abort();
  await Promise.all(clients);
  t.comment(
    `ms from an election to the last request that was passed on (wanted: at most ${boundMs}): ${lasted.join(' ')}`,
  );
  t.comment(
    `${seen.length} requests, ${passedOn().length} passed on, ${seen.filter(({ status }) => status !== 200).length} not answered with 200`,
  );
  if (long)
    t.same(
      lasted.filter((ms) => ms > boundMs),
      [],
    );
  fleet.check();
});
