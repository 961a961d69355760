import t from 'tap';
import type { Route, Routing } from '../../../src/lb/compile/routing-model.js';
import { idleStatus, startLbApi } from '../../support/lb-api.js';

const route = (host: string | null, path: string | null, backend: string, app: string | null): Route => ({
  name: backend,
  source: { kind: 'default', app: app ?? '/x' },
  backend,
  app,
  priority: 0,
  host,
  path,
  ignoreCase: false,
  acl: null,
});

t.test("what marathon-lb's HAProxy answers", async (t) => {
  const signals: boolean[] = [];
  const routes = [
    route('a.example', null, 'first', '/first'),
    route('a.example', null, 'second', '/second'),
    route('b.example', '/x', 'third', '/third'),
    route(null, '/y', 'third', '/third'),
    route('c.example', null, 'fixed', null),
  ];
  const { server } = await startLbApi(t, {
    pids: () => Promise.resolve([12, 7]),
    routing: () => ({ routes }) as unknown as Routing,
    regenerate: (reads) => void signals.push(reads),
    runningConfig: () => 'global\n',
  });
  const get = async (url: string): Promise<string> => {
    const answer = await server.inject({ method: 'GET', url });
    return `${answer.statusCode} ${String(answer.headers['content-type'])} ${answer.body}`;
  };
  t.equal(await get('/_haproxy_getpids'), '200 text/plain 12 7');
  t.equal(await get('/_haproxy_getconfig'), '200 text/plain global\n');
  t.equal(await get('/_haproxy_getvhostmap'), '200 text/plain a.example first\nc.example fixed\n');
  t.equal(await get('/_haproxy_getappmap'), '200 text/plain /first first\n/second second\n/third third\n');
  t.match(await get('/_haproxy_health_check'), /^200 text\/html .*200 OK/);
  t.equal(await get('/_mlb_signal/hup'), '200 text/plain Sent SIGHUP signal to marathon-lb');
  t.equal(await get('/_mlb_signal/usr1'), '200 text/plain Sent SIGUSR1 signal to marathon-lb');
  t.same(signals, [true, false]);
});

t.test('an HAProxy that does not run', async (t) => {
  const haproxy = { ...idleStatus.haproxy, state: 'down' as const };
  const { server } = await startLbApi(t, { status: { haproxy } });
  t.equal((await server.inject({ method: 'GET', url: '/_haproxy_health_check' })).statusCode, 503);
  t.equal((await server.inject({ method: 'GET', url: '/_haproxy_getconfig' })).statusCode, 503);
  t.equal((await server.inject({ method: 'GET', url: '/_haproxy_getvhostmap' })).body, '');
});
