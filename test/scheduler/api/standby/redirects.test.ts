import t from 'tap';
import type { Test } from 'tap';
import { listen } from '../../../../src/http/server.js';
import { createFakeFront } from '../../../support/fake-front.js';
import { rawConnection } from '../../../support/raw-http.js';
import { fakeLeader, serveStandby } from '../../../support/standby.js';
import type { ServedStandby } from '../../../support/standby.js';

/** Sends one request as it is written and returns the whole answer. */
async function get(t: Test, { port }: ServedStandby, url: string, headers = '', method = 'GET'): Promise<string> {
  const request = `${method} ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`;
  return rawConnection(t, port, request).ended;
}

/** Status and `Location` of an answer. */
function redirectIn(answer: string): readonly [status: string | undefined, location: string | undefined] {
  return [/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1], /\r\nlocation: (.*)\r\n/i.exec(answer)?.[1]];
}

const stream = 'Accept: text/event-stream\r\n';

t.test('streams of events lead to the leader, by the URL that was asked for', async (t) => {
  const leader = await fakeLeader(t, (_incoming, response) => void response.end('of the leader'));
  const standby = await serveStandby(t, leader, { mountPrefix: '/service/marathon/' });
  const cases: [url: string, headers: string, status: string][] = [
    ['/v2/events', stream, '302'],
    ['/v2/events', '', '302'],
    ['/v2/events?redirect=falsely', '', '302'],
    ['/v2/events/', '', '302'],
    ['/v2/events?event_type=a&event_type=b%20c&plan-format=light', stream, '302'],
    ['/service/marathon/v2/events?x', '', '302'],
    ['/v2/%65vents', stream, '302'],
    ['/any/thing?x=1', 'Accept: text/html, Text/Event-Stream;q=0.9\r\n', '302'],
    ['/ekiden/v1/catalog/stream?position=e:1', stream, '307'],
    ['/service/marathon/ekiden/v1/catalog/stream', '', '307'],
    ['//evil.example/x', stream, '302'],
    ['/\\evil.example', stream, '302'],
    ['/a@evil.example', stream, '302'],
  ];
  for (const [url, headers, status] of cases) {
    const answer = await get(t, standby, url, headers);
    t.same(redirectIn(answer), [status, `http://${leader}${url}`]);
    t.match(answer, new RegExp(`\r\nX-Marathon-Leader: http://${leader}\r\n`, 'i'));
    t.match(answer, /\r\nCache-Control: no-cache, no-store, must-revalidate\r\n/i);
  }
  t.same(redirectIn(await get(t, standby, '/v2/events', '', 'HEAD')), ['302', `http://${leader}/v2/events`]);
  const whole = await get(t, standby, 'http://evil.example/v2/events?x=1', stream);
  t.same(redirectIn(whole), ['302', `http://${leader}/v2/events?x=1`], 'the leader, whatever the request says');

  for (const [url, headers, method] of [
    ['/v2/eventSubscriptions', '', 'GET'],
    ['/v2/eventsx', '', 'GET'],
    ['/v2/apps', 'Accept: */*\r\n', 'GET'],
    ['/v2/apps', `${stream}Content-Length: 0\r\n`, 'POST'],
    // Pages follow these, and may follow nothing to another server
    ['/v2/events?event_type=a&redirect=false', stream, 'GET'],
    ['/ekiden/v1/sandbox/web.instance-1._app.1/follow?path=stdout', stream, 'GET'],
    ['/ekiden/v1/edges/h%3A80/ekiden/v1/events', stream, 'GET'],
    ['/ekiden/v1/overview/stream', stream, 'GET'],
  ] as const) {
    t.match(await get(t, standby, url, headers, method), /^HTTP\/1\.1 200 [^]*of the leader$/, `${method} ${url}`);
  }
});

t.test('there is nothing to redirect to without a leader', async (t) => {
  const standby = await serveStandby(t, undefined);
  const answers = await Promise.all(
    ['/v2/events', '/ekiden/v1/catalog/stream'].map((url) => get(t, standby, url, stream)),
  );
  for (const answer of answers) t.match(answer, /^HTTP\/1\.1 502 [^]*Could not determine the current leader/);
});

t.test('a leader by its address of version 6', async (t) => {
  const standby = await serveStandby(t, '[2001:db8::1]:8443');
  t.same(redirectIn(await get(t, standby, '/v2/events')), ['302', 'http://[2001:db8::1]:8443/v2/events']);
});

t.test('whether this scheduler leads is not asked of the leader, and needs no credentials', async (t) => {
  const asked: (string | undefined)[] = [];
  const leader = await fakeLeader(t, (incoming, response) => {
    asked.push(incoming.url);
    response.end();
  });
  const standby = await serveStandby(t, leader, {
    credentials: { user: 'a', password: 'b' },
    mountPrefix: '/service/marathon',
  });
  const url = `http://${standby.address}/ekiden/v1/leading`;
  for (const path of ['', '/', '?x=1']) {
    const answer = await fetch(`${url}${path}`);
    t.equal(answer.status, 503);
    t.equal(answer.headers.get('content-type'), 'application/json');
    t.equal(answer.headers.get('cache-control'), 'no-cache, no-store, must-revalidate');
    t.equal(answer.headers.get('x-marathon-leader'), `http://${leader}`);
    t.same(await answer.json(), { leading: false, leader });
  }
  t.equal((await fetch(`http://${standby.address}/service/marathon/ekiden/v1/leading`)).status, 503);
  const head = await fetch(url, { method: 'HEAD' });
  t.equal(head.status, 503);
  t.equal(head.headers.get('content-length'), String(JSON.stringify({ leading: false, leader }).length));
  const post = await fetch(url, { method: 'POST', body: 'x' });
  t.equal(post.status, 405);
  t.equal(post.headers.get('allow'), 'GET, HEAD, OPTIONS');
  for (const none of [undefined, standby.address]) {
    standby.elect(none);
    const answer = await fetch(url);
    t.equal(answer.status, 503);
    t.same(await answer.json(), { leading: false, leader: null });
    t.equal(answer.headers.get('x-marathon-leader'), null);
  }
  t.same(asked, []);
});

t.test('who may do what is the business of the leader', async (t) => {
  const allowedOrigins = ['http://ui.example'];
  const api = createFakeFront(
    t,
    { credentials: { user: 'a', password: 'b' }, allowedOrigins, maxRequestBytes: 100 },
    {},
    (server) => void server.post('/things', (request, reply) => reply.send(request.body)),
  );
  const leader = `127.0.0.1:${await listen(api, { host: '127.0.0.1', port: 0, flag: 'http_port' })}`;
  const standby = await serveStandby(t, leader, { credentials: { user: 'x', password: 'y' } });
  const url = `http://${standby.address}/things`;
  const post = async (headers: Record<string, string>, body = 'hello'): Promise<number> =>
    (await fetch(url, { method: 'POST', headers: { Authorization: `Basic ${btoa('a:b')}`, ...headers }, body })).status;

  const stranger = await fetch(url, { method: 'POST', body: 'x' });
  t.equal(stranger.status, 401);
  t.equal(stranger.headers.get('www-authenticate'), 'Basic realm="Mesosphere"');
  t.equal(await post({}), 200);
  t.equal(await post({}, 'x'.repeat(1000)), 413, 'the limit is that of the leader');
  t.equal(await post({ Origin: 'http://evil.example' }), 403);
  t.equal(await post({ Origin: 'http://ui.example' }), 200);
  t.equal(await post({ Origin: `http://${standby.address}` }), 200, 'a page of this scheduler is no foreign one');
  t.equal(await post({ Origin: `http://${leader}` }), 200, 'nor is one of the leader');
  t.equal(await post({ Origin: 'null' }), 403);
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: { Origin: 'http://ui.example', 'Access-Control-Request-Method': 'POST' },
  });
  t.equal(preflight.status, 200);
  t.equal(preflight.headers.get('access-control-allow-origin'), 'http://ui.example');
});
