import t from 'tap';
import type { Test } from 'tap';
import { listen } from '../../../src/http/server.js';
import type { LbStatus } from '../../../src/lb/api/routes.js';
import { compile } from '../../../src/lb/compile/compile.js';
import type { Routing } from '../../../src/lb/compile/routing-model.js';
import type { LbRevisions } from '../../../src/lb/live/revisions.js';
import type { ProxyChange } from '../../../src/lb/update/change-records.js';
import { catalogOf, compileInput } from '../../support/compile-input.js';
import { openEventStream } from '../../support/event-stream.js';
import type { EventStream } from '../../support/event-stream.js';
import { catalogApp } from '../../support/fake-catalog.js';
import { idleStatus, startLbApi } from '../../support/lb-api.js';
import type { LbApiParts } from '../../support/lb-api.js';
import { waitFor } from '../../support/wait.js';

const failed: ProxyChange = {
  at: '2026-01-01T00:00:00.000Z',
  kind: 'failed',
  durationMs: null,
  reasons: ['line 3: unknown keyword'],
  generation: null,
};

/** A load balancer whose state can be set, and its address. */
async function serve(t: Test, parts: LbApiParts = {}) {
  const world: {
    status: LbStatus;
    routing: Routing | undefined;
    changes: ProxyChange[];
    backends: string | undefined;
  } = { status: idleStatus, routing: undefined, changes: [], backends: undefined };
  const asked: number[] = [];
  const { server } = await startLbApi(t, {
    liveStatus: () => world.status,
    routing: () => world.routing,
    changes: () => world.changes,
    backends: {
      read() {
        asked.push(asked.length);
        return Promise.resolve(world.backends === undefined ? undefined : Buffer.from(world.backends));
      },
    },
    ...parts,
  });
  const port = await listen(server, { host: '127.0.0.1', port: 0, flag: 'lb_port' });
  const url = `http://127.0.0.1:${port}`;
  const put = (id: string): Promise<Response> =>
    fetch(`${url}/api/services`, { method: 'POST', body: JSON.stringify({ id, acl: 'path_beg /' }) });
  return { world, asked, server, url, put };
}

const states = (stream: EventStream): LbRevisions[] =>
  stream.events.filter(({ event }) => event === 'state').map(({ data }) => data as LbRevisions);

const backendsIn = ({ events }: EventStream): number => events.filter(({ event }) => event === 'backends').length;

const next = (what: string, stream: EventStream, count: number): Promise<LbRevisions> =>
  waitFor(what, () => states(stream)[count - 1], { everyMs: 10 });

t.test('revisions grow with what they stand for, and with nothing else', async (t) => {
  const { world, url, put } = await serve(t);
  const stream = await openEventStream(t, `${url}/ekiden/v1/events`);
  t.equal(stream.status, 200);
  const first = await next('the first state', stream, 1);
  t.match(first, { process: /^[0-9a-f-]{36}$/, rules: 1, routing: 1, status: 1 });

  await put('/a');
  const rules = await next('the rule', stream, 2);
  t.same(rules, { ...first, rules: 2 });

  world.routing = compile(compileInput({ catalog: catalogOf([catalogApp('/a', 10_000)]) }));
  const routing = await next('the routing', stream, 3);
  t.match(routing, { routing: 2, status: 1 });

  world.changes = [failed];
  t.match(await next('the failed reload', stream, 4), { routing: 2, status: 2 });
  world.status = { ...idleStatus, connected: false };
  t.match(await next('the lost scheduler', stream, 5), { status: 3 });
  world.status = { ...world.status, draining: ['a.1'] };
  t.match(await next('the drain', stream, 6), { status: 4 });
  world.status = { ...world.status, reports: [{ kind: 'app', id: '/a', reason: 'no port' }] };
  t.match(await next('the report', stream, 7), { status: 5, rules: routing.rules });
  world.status = { ...world.status, position: { epoch: 'e', seq: 9 }, reports: [...world.status.reports] };
  world.status = { ...world.status, haproxy: { state: 'down', pid: null, generation: null } };
  t.match(await next('the end of HAProxy', stream, 8), { status: 6, routing: 2 });
  t.equal(states(stream).length, 8);
});

t.test('whoever comes back sees that something has changed meanwhile', async (t) => {
  const { world, url } = await serve(t);
  const one = await openEventStream(t, `${url}/ekiden/v1/events`);
  const before = await next('the state', one, 1);
  one.close();
  await waitFor('the end', () => one.isOver);
  world.changes = [failed];
  const two = await openEventStream(t, `${url}/ekiden/v1/events`);
  t.same(await next('the state', two, 1), { ...before, status: before.status + 1 });
});

t.test('backends are for those who want them, and asked for while somebody does', async (t) => {
  const { world, asked, url } = await serve(t);
  world.backends = '{"at":"2026-01-01T00:00:00.000Z","backends":[]}';
  const plain = await openEventStream(t, `${url}/ekiden/v1/events?backends=false`);
  await next('the state', plain, 1);
  t.equal(asked.length, 0);
  const [one, two] = await Promise.all(['', ''].map(() => openEventStream(t, `${url}/ekiden/v1/events?backends=true`)));
  for (const stream of [one, two]) {
    await waitFor('three messages', () => stream !== undefined && backendsIn(stream) >= 3);
    t.equal(stream?.events[0]?.event, 'state', 'the state comes first');
    t.same(stream?.events[1]?.data, { at: '2026-01-01T00:00:00.000Z', backends: [] });
  }
  const messages = [one, two].reduce((sum, stream) => sum + (stream === undefined ? 0 : backendsIn(stream)), 0);
  t.ok(asked.length < messages, 'once for each that came, and then once for both');
  t.equal(backendsIn(plain), 0);
  one?.close();
  two?.close();
  await waitFor('their end', () => one?.isOver === true && two?.isOver === true);
});

t.test('once, without a stream', async (t) => {
  const { world, server } = await serve(t);
  world.changes = [failed];
  t.same((await server.inject('/ekiden/v1/reloads')).json(), { changes: [failed] });
  const none = await server.inject('/ekiden/v1/backends');
  t.equal(none.statusCode, 503);
  t.match(none.body, /no HAProxy/);
  world.backends = '{"at":"x","backends":[]}';
  const answer = await server.inject('/ekiden/v1/backends');
  t.equal(answer.headers['content-type'], 'application/json');
  t.equal(answer.body, world.backends);
  t.equal((await server.inject('/ekiden/v1/events?backends=yes')).statusCode, 400);
  t.equal((await server.inject('/ekiden/v1/events?backends=true&backends=true')).statusCode, 400);
  t.equal((await server.inject({ method: 'HEAD', url: '/ekiden/v1/events' })).statusCode, 404);
});

t.test('only so many read at a time, and only those who may', async (t) => {
  const { url } = await serve(t);
  const open = await Promise.all(Array.from({ length: 100 }, () => openEventStream(t, `${url}/ekiden/v1/events`)));
  t.ok(open.every(({ status }) => status === 200));
  const refused = await fetch(`${url}/ekiden/v1/events`);
  t.equal(refused.status, 503);
  t.equal(refused.headers.get('retry-after'), '5');
  open[7]?.close();
  await waitFor('its place', async () => {
    const again = await openEventStream(t, `${url}/ekiden/v1/events`);
    return again.status === 200;
  });

  const closed = await serve(t, { credentials: { user: 'ann', password: 'a:b' } });
  for (const path of ['events', 'backends', 'reloads']) {
    t.equal((await closed.server.inject(`/ekiden/v1/${path}`)).statusCode, 401, path);
  }
  const basic = `Basic ${Buffer.from('ann:a:b').toString('base64')}`;
  const stream = await openEventStream(t, `${closed.url}/ekiden/v1/events`, { authorization: basic });
  t.equal(stream.status, 200);
  await closed.server.close();
  await waitFor('the end of the stream with the server', () => stream.isOver);
});
