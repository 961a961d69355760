import t from 'tap';
import { startLbApi } from '../../support/lb-api.js';
import type { LbApiParts } from '../../support/lb-api.js';

const config = [
  'userlist u',
  '  user ann password $5$salt$hash',
  'listen stats',
  '  stats auth admin:secret',
  '  mode http',
  '',
];
const parts: LbApiParts = { runningConfig: () => config.join('\n'), credentials: { user: 'ann', password: 'a:b' } };
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

t.test('everything but what must be open asks for the password', async (t) => {
  const { server, history } = await startLbApi(t, parts);
  const ask = async (method: 'GET' | 'POST' | 'HEAD', url: string, authorization?: string): Promise<number> => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await server.inject({ method, url, headers, payload: '{"id":"/a","acl":"path /"}' });
    if (answer.statusCode === 401)
      t.equal(answer.headers['www-authenticate'], 'Basic realm="Ekiden load balancer"', url);
    return answer.statusCode;
  };
  for (const url of ['/status', '/status/', '/status?x', '/_haproxy_health_check'])
    t.equal(await ask('GET', url), 200, url);
  t.equal(await ask('HEAD', '/status'), 200);
  t.equal(await ask('POST', '/api/marathon/event_callback'), 200);
  const closed = [
    '/api/state',
    '/api/services',
    '/metrics',
    '/ekiden/v1/rules',
    '/ekiden/v1/config',
    '/_haproxy_getconfig',
    '/_mlb_signal/hup',
    '/nothing',
    '//status',
  ];
  for (const url of closed) t.equal(await ask('GET', url), 401, url);
  t.equal(await ask('POST', '/api/services'), 401);
  t.equal(await ask('POST', '/status'), 401);
  t.equal(await ask('GET', '/api/services', basic('ann:a:b')), 200);
  t.equal(await ask('POST', '/api/services', basic('ann:a:b')), 200);
  t.match(history.changes, [{ by: 'ann' }]);
});

t.test('wrong passwords are answered late, and few at a time', async (t) => {
  const { server } = await startLbApi(t, parts);
  const ask = async (authorization: string, remoteAddress: string): Promise<number> =>
    (await server.inject({ method: 'GET', url: '/api/services', headers: { authorization }, remoteAddress }))
      .statusCode;
  const tries = await Promise.all(Array.from({ length: 20 }, () => ask(basic('ann:wrong'), '10.0.0.1')));
  t.equal(tries.filter((status) => status === 401).length, 8);
  t.equal(tries.filter((status) => status === 503).length, 12);
  const [other] = await Promise.all([ask(basic('ann:a:b'), '10.0.0.2'), ask(basic('x'), '10.0.0.1')]);
  t.equal(other, 200, 'others are not held up');
  t.equal(await ask(basic('ann:a:b'), '10.0.0.1'), 200, 'it passes');
});

t.test('password hashes are for those who have logged in', async (t) => {
  const shown = async (parts: LbApiParts, url: string, authorization?: string): Promise<string> => {
    const { server } = await startLbApi(t, parts);
    const headers = authorization === undefined ? {} : { authorization };
    return (await server.inject({ method: 'GET', url, headers })).body;
  };
  for (const url of ['/_haproxy_getconfig', '/ekiden/v1/config']) {
    t.equal(await shown(parts, url, basic('ann:a:b')), config.join('\n'));
    const hidden = await shown({ ...parts, credentials: undefined }, url);
    t.notMatch(hidden, /\$5\$|secret/);
    t.equal(hidden.split('\n').length, config.length);
    t.match(hidden, /user ann password <redacted>\n.*\n {2}stats auth <redacted>\n {2}mode http/);
  }
});
