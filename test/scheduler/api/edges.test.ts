import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import t from 'tap';
import type { Test } from 'tap';
import type { EdgeAnnouncement } from '../../../src/catalog/edges.js';
import { listen } from '../../../src/http/server.js';
import { openAccess } from '../../../src/scheduler/api/access.js';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { Answer, FakeScheduler } from '../../support/fake-service.js';
import { listenOnFreePort } from '../../support/listen.js';
import { waitFor } from '../../support/wait.js';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** The API of an edge, played by the test. */
async function startEdge(
  t: Test,
  answer: (response: ServerResponse, asked: Asked) => void,
): Promise<{ readonly apiUrl: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body };
      asked.push(one);
      answer(response, one);
    });
  });
  return { apiUrl: `http://127.0.0.1:${await listenOnFreePort(t, server)}`, asked };
}

const says =
  (status: number, body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, headers).end(body);

function announce(
  t: Test,
  { service }: FakeScheduler,
  changes: Partial<EdgeAnnouncement> & Pick<EdgeAnnouncement, 'edge'>,
): () => void {
  const close = service.edges.open({ role: 'lb', ...changes });
  t.teardown(close);
  return close;
}

const lb = '10.0.0.1:80';
const at = (path: string, edge = lb): string => `/ekiden/v1/edges/${encodeURIComponent(edge)}/${path}`;

/** What a browser sends to the scheduler for itself. */
const browser = {
  authorization: `Basic ${Buffer.from('alice:secret').toString('base64')}`,
  cookie: 'session=1',
  origin: 'http://localhost:8080',
  host: 'localhost:8080',
};

t.test('the edges that follow this scheduler', async (t) => {
  const scheduler = await startFakeScheduler(t);
  t.same((await ask(scheduler.api, 'GET', '/ekiden/v1/edges')).json, { edges: [] });
  announce(t, scheduler, { edge: lb, apiUrl: 'http://10.0.0.1:8000', proof: 'a-secret-of-the-edge' });
  announce(t, scheduler, { edge: '10.0.0.1:53', role: 'dns' });
  const { epoch, seq } = scheduler.service.edges.position;
  scheduler.service.edges.receive({ edge: lb, role: 'lb', epoch, seq });
  const { json, text } = await ask(scheduler.api, 'GET', '/ekiden/v1/edges');
  t.same(json, {
    edges: [
      { edge: lb, role: 'lb', live: true, reachable: true, behind: 0 },
      { edge: '10.0.0.1:53', role: 'dns', live: true, reachable: false, behind: null },
    ],
  });
  t.notMatch(text, 'secret');
  t.notMatch((await ask(scheduler.api, 'GET', '/ekiden/v1/propagation')).text, 'secret');
});

t.test(
  'a question and its answer: nothing of the browser but the question goes on, nothing but the answer comes back',
  async (t) => {
    const scheduler = await startFakeScheduler(t);
    const edge = await startEdge(
      t,
      says(200, '{"a":1}', { 'content-type': 'application/json; charset=utf-8', 'set-cookie': 'a=b', location: '/x' }),
    );
    announce(t, scheduler, { edge: lb, apiUrl: `${edge.apiUrl}/below/?x#y` });
    const answer = await ask(scheduler.api, 'GET', at('api/explain?host=a.b&path=%2Fx%20y'), undefined, browser);
    t.equal(answer.status, 200);
    t.equal(answer.text, '{"a":1}');
    t.match(answer.headers, { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' });
    t.equal(answer.headers['set-cookie'], undefined);
    t.equal(answer.headers['location'], undefined);
    t.equal(edge.asked.length, 1);
    const [asked] = edge.asked;
    t.match(asked, { method: 'GET', url: '/below/api/explain?host=a.b&path=%2Fx%20y' });
    for (const name of ['authorization', 'cookie', 'origin', 'referer', 'x-ekiden-forwarded-for']) {
      t.equal(asked?.headers[name], undefined, name);
    }
    t.equal((await ask(scheduler.api, 'HEAD', at('api/state'))).status, 200);
  },
);

t.test('the secret of an edge must look like one', async (t) => {
  const { api } = await startFakeScheduler(t);
  const refused = async (proof: string): Promise<Answer> =>
    ask(api, 'GET', `/ekiden/v1/catalog/stream?edge=h:80&role=lb&proof=${proof}`);
  for (const proof of ['', 'short', 'with%20a%20blank%20and%20more', 'x'.repeat(129)]) {
    t.match(await refused(proof), { status: 422, json: { message: /^proof: must be/ } }, proof);
  }
});

t.test('a change: its body, its status, and for whom', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const edge = await startEdge(t, says(400, 'no such rule\n', { 'content-type': 'text/html' }));
  announce(t, scheduler, { edge: lb, apiUrl: edge.apiUrl, proof: 'a-secret-of-the-edge' });
  const rule = { id: '/shop/web', acl: 'path /' };
  const answer = await ask(scheduler.api, 'PUT', at('api/services//shop%2Fweb'), rule, browser);
  t.equal(answer.status, 400);
  t.equal(answer.text, 'no such rule\n');
  t.equal(answer.headers['content-type'], 'text/plain; charset=utf-8', 'whatever it calls itself');
  t.match(edge.asked, [
    {
      method: 'PUT',
      url: '/api/services//shop%2Fweb',
      body: JSON.stringify(rule),
      headers: {
        'content-type': 'application/json',
        'x-ekiden-forwarded-for': '127.0.0.1',
        'x-ekiden-forward-proof': 'a-secret-of-the-edge',
      },
    },
  ]);
  const foreign = await ask(scheduler.api, 'POST', at('api/services'), rule, { origin: 'http://evil.example' });
  t.equal(foreign.status, 403);
  t.equal(edge.asked.length, 1, 'a page of another site changes nothing');
});

t.test('what is not forwarded is refused in words', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const edge = await startEdge(t, says(200, '{}'));
  announce(t, scheduler, { edge: lb, apiUrl: edge.apiUrl });
  const refused = async (method: 'GET' | 'POST' | 'DELETE', path: string): Promise<Answer> =>
    ask(scheduler.api, method, path, method === 'POST' ? {} : undefined);
  for (const path of ['_mlb_signal/hup', 'ui/', 'api', '']) {
    const { status } = await refused('GET', at(path));
    t.equal(status, 404, path);
  }
  t.match((await refused('GET', at('v1/config'))).json.message, /v1\/config is not forwarded.*GET api\/state/);
  const wrong = await refused('POST', at('api/state'));
  t.match(wrong, { status: 405, headers: { allow: 'GET' } });
  t.match(wrong.json.message, 'POST api/state is not forwarded');
  const unknown = await refused('GET', at('api/state', 'nobody:1'));
  t.match(unknown, { status: 404, json: { message: `There is no edge nobody:1; known are: ${lb}` } });
  t.same(edge.asked, []);
});

t.test('bodies and answers are bounded', async (t) => {
  const scheduler = await startFakeScheduler(t, { maxRequestBytes: 8 << 20 });
  const edge = await startEdge(t, (response, { url }) =>
    says(200, url === '/api/state' ? 'x'.repeat((8 << 20) + 1) : '{}')(response),
  );
  announce(t, scheduler, { edge: lb, apiUrl: edge.apiUrl });
  const body = (bytes: number): object => ({ text: 'x'.repeat(bytes) });
  t.match(await ask(scheduler.api, 'POST', at('api/services'), body(1 << 20)), {
    status: 413,
    json: { message: /1048576 bytes/ },
  });
  t.equal((await ask(scheduler.api, 'POST', at('api/plan'), body(2 << 20))).status, 200, 'plans are larger');
  t.equal((await ask(scheduler.api, 'POST', at('api/plan'), body(4 << 20))).status, 413);
  t.match(await ask(scheduler.api, 'GET', at('api/state')), { status: 502, json: { message: /larger than 8388608/ } });
});

t.test('an edge that wants a password gets the one that is for it', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const own = `Basic ${Buffer.from('edge:pass').toString('base64')}`;
  const edge = await startEdge(t, (response, { headers }) =>
    headers.authorization === own
      ? says(200, '{}')(response)
      : says(401, 'no', { 'www-authenticate': 'Basic realm="lb"' })(response),
  );
  announce(t, scheduler, { edge: lb, apiUrl: edge.apiUrl });
  const asked = async (header?: string): Promise<Answer> =>
    ask(scheduler.api, 'GET', at('api/state'), undefined, {
      ...browser,
      ...(header === undefined ? {} : { 'x-ekiden-edge-authorization': header }),
    });
  const without = await asked();
  t.match(without, { status: 401, json: { message: /X-Ekiden-Edge-Authorization/ } });
  t.equal(without.headers['www-authenticate'], undefined, 'no browser asks for a password of its own accord');
  t.match(await asked('Basic eDp5'), { status: 401, json: { message: /does not know/ } });
  t.equal((await asked(own)).status, 200);
  t.equal((await asked('Bearer x')).status, 400);
});

t.test('edges that cannot be asked, or that answer with something else', async (t) => {
  let nowMs = Date.now();
  const scheduler = await startFakeScheduler(t, {}, { clock: () => nowMs });
  announce(t, scheduler, { edge: 'silent:80' });
  t.match(await ask(scheduler.api, 'GET', at('api/state', 'silent:80')), {
    status: 503,
    json: { message: /has not said where/ },
  });
  announce(t, scheduler, { edge: 'closed:80', apiUrl: 'http://127.0.0.1:1' });
  t.match(await ask(scheduler.api, 'GET', at('api/state', 'closed:80')), {
    status: 502,
    json: { message: /closed:80 does not answer/ },
  });
  const elsewhere = await startEdge(t, says(307, '', { location: 'http://127.0.0.1:1/' }));
  announce(t, scheduler, { edge: 'elsewhere:80', apiUrl: elsewhere.apiUrl });
  t.match(await ask(scheduler.api, 'GET', at('api/state', 'elsewhere:80')), {
    status: 502,
    json: { message: /307: redirects are not followed/ },
  });
  const leave = announce(t, scheduler, { edge: 'gone:80', apiUrl: elsewhere.apiUrl });
  leave();
  nowMs += 11_000;
  t.match(await ask(scheduler.api, 'GET', at('api/state', 'gone:80')), {
    status: 503,
    json: { message: /does not follow this scheduler now/ },
  });
});

t.test('an edge that is frozen leaves room for the others', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const waiting: ServerResponse[] = [];
  const frozen = await startEdge(t, (response) => void waiting.push(response));
  const edge = await startEdge(t, says(200, '{}'));
  announce(t, scheduler, { edge: 'frozen:80', apiUrl: frozen.apiUrl });
  announce(t, scheduler, { edge: lb, apiUrl: edge.apiUrl });
  const asked = Array.from({ length: 16 }, () => ask(scheduler.api, 'GET', at('api/state', 'frozen:80')));
  await waitFor('all of them to be awaited', () => waiting.length === 16);
  t.match(await ask(scheduler.api, 'GET', at('api/state', 'frozen:80')), {
    status: 503,
    json: { message: /16 answers are awaited of the edge frozen:80/ },
  });
  t.equal((await ask(scheduler.api, 'GET', at('api/state'))).status, 200);
  for (const response of waiting) says(200, '{}')(response);
  t.ok((await Promise.all(asked)).every(({ status }) => status === 200));
  t.equal(waiting.length, 16);
  const again = ask(scheduler.api, 'GET', at('api/state', 'frozen:80'));
  await waitFor('room for one more', () => waiting.length === 17);
  for (const response of waiting.slice(16)) says(200, '{}')(response);
  t.equal((await again).status, 200);
});

t.test('events come as they are sent, until one of the two ends', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const streams: ServerResponse[] = [];
  let ended = 0;
  const edge = await startEdge(t, (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    response.on('close', () => ended++);
    streams.push(response);
  });
  announce(t, scheduler, { edge: lb, apiUrl: edge.apiUrl });
  const port = await listen(scheduler.api, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const open = async (): Promise<{ text: () => string; done: Promise<void>; leave: () => void }> => {
    const abort = new AbortController();
    t.teardown(() => abort.abort());
    const response = await fetch(`http://127.0.0.1:${port}${at('ekiden/v1/events?backends=true')}`, {
      signal: abort.signal,
    });
    t.equal(response.headers.get('content-type'), 'text/event-stream');
    let text = '';
    const done = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
    })().catch(() => undefined);
    return { text: () => text, done, leave: () => abort.abort() };
  };
  const first = await open();
  t.match(edge.asked, [{ url: '/ekiden/v1/events?backends=true', headers: { accept: 'text/event-stream' } }]);
  streams[0]?.write('event: state\ndata: {"rules":1}\n\n');
  await waitFor('the event', () => first.text() === 'event: state\ndata: {"rules":1}\n\n');
  const second = await open();
  first.leave();
  await waitFor('the end at the edge', () => ended === 1);
  streams[1]?.end('event: state\ndata: 2\n\n');
  await second.done;
  t.equal(second.text(), 'event: state\ndata: 2\n\n');
});

t.test('who may read may not therefore change', async (t) => {
  const demanded: string[] = [];
  const scheduler = await startFakeScheduler(
    t,
    {},
    {
      access: {
        ...openAccess,
        isOpen: false,
        demand(_request, action, resource) {
          const what = `${action} ${resource.kind === 'system' ? resource.name : resource.id}`;
          demanded.push(what);
          if (what === 'update edges') throw new ApiError(403, 'no');
        },
      },
    },
  );
  const edge = await startEdge(t, says(200, '{}'));
  announce(t, scheduler, { edge: lb, apiUrl: edge.apiUrl });
  t.equal((await ask(scheduler.api, 'GET', at('api/state'))).status, 200);
  t.equal((await ask(scheduler.api, 'POST', at('api/plan'), {})).status, 200, 'a plan changes nothing');
  t.equal((await ask(scheduler.api, 'POST', at('api/services'), {})).status, 403);
  t.equal((await ask(scheduler.api, 'DELETE', at('api/services/a'))).status, 403);
  t.equal(edge.asked.length, 2);
  t.same([...new Set(demanded)], ['view events', 'update edges']);
});
