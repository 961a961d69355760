import { gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import t from 'tap';
import { http, operator, task, TestFramework } from '../../conformance/mesos/mesos-client.js';
import { runCluster } from './running-cluster.js';

t.test('endpoints', async (t) => {
  const { base, masterPort, handle } = await runCluster();
  t.teardown(() => handle.stop('everything'));
  const get = (path: string, headers = {}) => http(base, 'GET', path, { headers });

  await t.test('GET, HEAD and OPTIONS of /state, with and without prefix', async (t) => {
    for (const path of ['/state', '/master/state', '/state.json', '/master/state.json', '/state/']) {
      const answer = await get(path);
      t.equal(answer.status, 200, path);
      t.equal(answer.headers['content-type'], 'application/json', path);
      t.match(JSON.parse(answer.body), {
        leader: `master@127.0.0.1:${masterPort}`,
        pid: `master@127.0.0.1:${masterPort}`,
        slaves: [{ attributes: { rack: 'r1', zone: 'a' }, resources: { ports: '[31000-31999]' } }],
      });
    }
    const options = await http(base, 'OPTIONS', '/state');
    t.equal(options.status, 200);
    t.match(JSON.parse(options.body), { hostname: '127.0.0.1' });
    const head = await http(base, 'HEAD', '/state');
    t.equal(head.status, 200);
    t.equal(head.body, '');
    t.equal(head.headers['content-length'], options.headers['content-length']);
    t.equal((await http(base, 'POST', '/state')).status, 405);
  });

  await t.test('jsonp', async (t) => {
    const wrapped = await get('/state?jsonp=cb');
    t.equal(wrapped.headers['content-type'], 'text/javascript');
    t.match(wrapped.body, /^cb\(\{.*\}\)$/s);
    t.equal((await get('/state?jsonp=alert(1)//')).status, 400);
  });

  await t.test('gzip', async (t) => {
    const body = await new Promise<{ coding: unknown; text: string }>((resolve, reject) => {
      request(`${base}/state`, { headers: { 'Accept-Encoding': 'deflate, gzip;q=0.5' } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            coding: response.headers['content-encoding'],
            text: gunzipSync(Buffer.concat(chunks)).toString('utf8'),
          }),
        );
      })
        .on('error', reject)
        .end();
    });
    t.equal(body.coding, 'gzip');
    t.match(JSON.parse(body.text), { hostname: '127.0.0.1' });
    t.equal((await get('/state', { 'Accept-Encoding': 'gzip;q=0' })).headers['content-encoding'], undefined);
  });

  await t.test('/redirect, /health, /version, /flags, /metrics/snapshot, 404', async (t) => {
    for (const path of ['/redirect', '/master/redirect']) {
      const answer = await get(path);
      t.equal(answer.status, 307);
      t.equal(answer.headers.location, `//127.0.0.1:${masterPort}`);
    }
    t.same({ ...(await get('/health')), headers: null }, { status: 200, headers: null, body: '' });
    t.match(JSON.parse((await get('/version')).body), { version: '1.11.0', build_user: 'ekiden' });
    t.match(JSON.parse((await get('/flags')).body), { flags: { port: String(masterPort) } });
    t.match(JSON.parse((await get('/metrics/snapshot')).body), {
      'master/elected': 1,
      'master/slaves_active': 1,
      'master/cpus_total': 2,
      'master/uptime_secs': Number,
    });
    t.same({ ...(await get('/nothing')), headers: null }, { status: 404, headers: null, body: '404 Not Found.' });
  });

  await t.test('/tasks: limit, offset, order, task_id, framework_id', async (t) => {
    const framework = await TestFramework.subscribe(base);
    for (const name of ['t1', 't2', 't3']) {
      const offer = await framework.offer();
      await framework.launch([offer], [task(name, offer.agent_id, 'sleep 1000')]);
      await framework.status(name, (s) => s.state === 'TASK_RUNNING');
    }
    const ids = async (query: string): Promise<string[]> =>
      (JSON.parse((await get(`/tasks?${query}`)).body) as { tasks: { id: string }[] }).tasks.map((x) => x.id);
    t.same(await ids(''), ['t3', 't2', 't1']);
    t.same(await ids('order=asc'), ['t1', 't2', 't3']);
    t.same(await ids('order=asc&limit=1&offset=1'), ['t2']);
    t.same(await ids('limit=nonsense'), ['t3', 't2', 't1']);
    t.same(await ids('task_id=t2'), ['t2']);
    t.same(await ids('framework_id=nobody'), []);
    t.same((await ids(`framework_id=${framework.id}`)).length, 3);
    await framework.teardown();
    t.same((await ids('')).length, 3, 'completed ones, too');
  });

  await t.test('POST /teardown, calls that are not supported', async (t) => {
    const framework = await TestFramework.subscribe(base);
    const teardown = (id: string) =>
      http(base, 'POST', '/teardown', {
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: `frameworkId=${id}`,
      });
    t.same(
      { ...(await teardown('nobody')), headers: null },
      {
        status: 400,
        headers: null,
        body: 'No framework found with specified ID',
      },
    );
    const grow = { offer_ids: [], operations: [{ type: 'GROW_VOLUME', grow_volume: {} }] };
    const unsupported = await framework.call({ type: 'ACCEPT', accept: grow });
    t.equal(unsupported.status, 501);
    t.match(unsupported.body, /^ACCEPT with operation GROW_VOLUME is not supported/);
    t.equal((await framework.call({ type: 'MESSAGE', message: {} })).status, 202);
    t.equal((await framework.call({ type: 'REQUEST', request: { requests: [] } })).status, 202);
    t.equal((await framework.call({ type: 'REQUEST' })).status, 400);
    t.equal((await teardown(framework.id)).status, 200);
    t.equal(await framework.stream.ended(), 'final chunk');
    framework.disconnect();
    t.match(await operator(base, { type: 'DRAIN_AGENT' }), {
      status: 400,
      body: "Failed to validate master::Call: Expecting 'drain_agent' to be present",
    });
    t.match(await operator(base, { type: 'SET_LOGGING_LEVEL' }), {
      status: 501,
      body: 'SET_LOGGING_LEVEL is not supported by the embedded cluster',
    });
  });
});
