import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { openFileStore } from '../../../src/scheduler/adapters/artifacts/file-store.js';
import { openAccess } from '../../../src/scheduler/api/access.js';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import type { ApiParts } from '../../../src/scheduler/api/api.js';
import type { SchedulerOptions } from '../../../src/scheduler/options.js';
import type { ArtifactStore } from '../../../src/scheduler/ports/artifact-store.js';
import { startFakeScheduler } from '../../support/fake-service.js';
import { waitFor } from '../../support/wait.js';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface World {
  readonly port: number;
  readonly store: ArtifactStore;
  /** What lies in the directory of the store. */
  readonly artifacts: () => Promise<readonly string[]>;
  readonly uploads: () => Promise<readonly string[]>;
  /** Sends a request whose path is not touched on the way. */
  readonly ask: (
    method: string,
    path: string,
    content?: { readonly headers?: Record<string, string>; readonly body?: Buffer | Readable | string },
  ) => Promise<Answer>;
}

async function start(t: Test, options: Partial<SchedulerOptions> = {}, parts: ApiParts = {}): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), 'ekiden-artifacts-api-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const store = await openFileStore({
    directory,
    maxBytes: options.artifactMaxBytes ?? 1 << 26,
    baseUrl: 'http://leader.example:8080/v2/artifacts',
    clock: Date.now,
    logger: silentLogger,
  });
  const { api } = await startFakeScheduler(t, options, { artifacts: store, ...parts });
  await api.listen({ host: '127.0.0.1', port: 0 });
  const address = api.server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const uploads = '.ekiden-uploads';
  return {
    port,
    store,
    async artifacts() {
      const entries = await readdir(directory, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`.slice(directory.length + 1))
        .filter((path) => !path.startsWith(uploads))
        .sort();
    },
    uploads: () => readdir(join(directory, uploads)),
    ask: (method, path, { headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
          );
        });
        outgoing.on('error', reject);
        if (body instanceof Readable) body.pipe(outgoing);
        else outgoing.end(body);
      }),
  };
}

/** A form as HTTP clients write it: a field, then a file. */
function form(
  content: Buffer | string,
  { field = 'file', name = 'app.tgz' }: { field?: string; name?: string | undefined } = {},
): { headers: Record<string, string>; body: Buffer } {
  const disposition = name === '' ? '' : `; filename="${name}"`;
  const body = Buffer.concat([
    Buffer.from('--frontier\r\nContent-Disposition: form-data; name="comment"\r\n\r\nfor you\r\n'),
    Buffer.from(`--frontier\r\nContent-Disposition: form-data; name="${field}"${disposition}\r\n`),
    Buffer.from('Content-Type: application/octet-stream\r\n\r\n'),
    Buffer.from(content),
    Buffer.from('\r\n--frontier--\r\n'),
  ]);
  return {
    headers: { 'Content-Type': 'multipart/form-data; boundary=frontier', 'Content-Length': String(body.length) },
    body,
  };
}

const messageOf = ({ body }: Answer): string => (JSON.parse(body.toString()) as { message: string }).message;

t.test('POST to the root: 201 with the place in the store, 200 when it was there', async (t) => {
  const { ask, artifacts } = await start(t);
  const first = await ask('POST', '/v2/artifacts', form('one'));
  t.equal(first.status, 201);
  t.equal(first.headers.location, 'http://leader.example:8080/v2/artifacts/app.tgz');
  t.equal(first.body.length, 0);
  const second = await ask('POST', '/v2/artifacts/', form('two'));
  t.equal(second.status, 200);
  t.equal(second.headers.location, undefined);
  t.equal((await ask('GET', '/v2/artifacts/app.tgz')).body.toString(), 'two');
  t.same(await artifacts(), ['app.tgz']);
});

t.test('a name with folders before it is stored without them', async (t) => {
  const { ask, artifacts } = await start(t);
  t.equal((await ask('POST', '/v2/artifacts', form('x', { name: '../../up/x.tgz' }))).status, 201);
  t.same(await artifacts(), ['x.tgz']);
});

t.test('as browsers and Node send forms', async (t) => {
  const { port, artifacts } = await start(t);
  const data = new FormData();
  data.append('file', new Blob(['content']), 'ünï code.txt');
  const url = `http://127.0.0.1:${port}/v2/artifacts`;
  const answer = await fetch(url, { method: 'POST', body: data });
  t.equal(answer.status, 201);
  t.equal(
    answer.headers.get('location'),
    `http://leader.example:8080/v2/artifacts/${encodeURIComponent('ünï code.txt')}`,
  );
  t.same(await artifacts(), ['ünï code.txt']);
  t.equal(await (await fetch(`${url}/${encodeURIComponent('ünï code.txt')}`)).text(), 'content');
});

t.test('PUT and POST to a path; the name of the file does not matter', async (t) => {
  const { ask, artifacts } = await start(t);
  t.equal((await ask('PUT', '/v2/artifacts/a/b/c%20d.tgz', form('put'))).status, 201);
  t.equal((await ask('POST', '/v2/artifacts/a/b/c%20d.tgz', form('post', { name: '' }))).status, 200);
  t.equal((await ask('POST', '/v2/artifacts/e%2ff', form('slash'))).status, 201);
  t.same(await artifacts(), ['a/b/c d.tgz', 'e/f']);
  t.equal((await ask('GET', '/v2/artifacts/a/b/c%20d.tgz')).body.toString(), 'post');
  t.equal((await ask('GET', '/v2/artifacts/e/f')).body.toString(), 'slash');
});

t.test('extra: the bytes themselves, of any type', async (t) => {
  const { ask } = await start(t);
  const body = Buffer.from('{"not": "parsed", \xff', 'latin1');
  for (const type of ['application/json', 'application/x-www-form-urlencoded', 'application/octet-stream']) {
    t.equal((await ask('PUT', `/v2/artifacts/${type}`, { headers: { 'Content-Type': type }, body })).status, 201);
    t.ok(body.equals((await ask('GET', `/v2/artifacts/${type}`)).body), type);
  }
  t.equal((await ask('PUT', '/v2/artifacts/chunked', { body: Readable.from(['a', 'b']) })).status, 201);
  t.equal((await ask('GET', '/v2/artifacts/chunked')).body.toString(), 'ab');
});

t.test('GET: what it is, how large, and never a page of this API', async (t) => {
  const { ask, store } = await start(t);
  const path = `/v2/artifacts/site/${encodeURIComponent('ü".html')}`;
  await ask('PUT', path, form('<script>alert(1)</script>'));
  const answer = await ask('GET', path);
  t.equal(answer.status, 200);
  t.equal(answer.body.toString(), '<script>alert(1)</script>');
  t.match(answer.headers, {
    'content-length': '25',
    'content-type': 'text/html',
    'content-disposition': `attachment; filename="_\\".html"; filename*=UTF-8''%C3%BC%22.html`,
    'x-content-type-options': 'nosniff',
  });
  const modified = Date.parse(answer.headers['last-modified'] ?? '');
  t.equal(modified, Math.floor(((await store.info('site/ü".html'))?.lastModifiedMs ?? 0) / 1000) * 1000);

  const head = await ask('HEAD', path);
  t.equal(head.status, 200);
  t.equal(head.body.length, 0);
  for (const name of ['content-length', 'content-type', 'last-modified', 'content-disposition']) {
    t.equal(head.headers[name], answer.headers[name], name);
  }
  const since = (ms: number): Promise<Answer> =>
    ask('GET', path, { headers: { 'If-Modified-Since': new Date(ms).toUTCString() } });
  t.equal((await since(modified)).status, 304);
  t.equal((await since(modified)).body.length, 0);
  t.equal((await since(modified - 1000)).status, 200);
  t.equal((await ask('GET', path, { headers: { 'If-Modified-Since': 'yesterday' } })).status, 200);
});

t.test('what is not there: 404 of GET and HEAD, 200 of DELETE', async (t) => {
  const { ask, artifacts } = await start(t);
  const answer = await ask('GET', '/v2/artifacts/a/none');
  t.equal(answer.status, 404);
  t.same(JSON.parse(answer.body.toString()), { message: 'No artifact with path a/none' });
  t.equal((await ask('HEAD', '/v2/artifacts/a/none')).status, 404);
  t.equal((await ask('DELETE', '/v2/artifacts/a/none')).status, 200);
  await ask('PUT', '/v2/artifacts/a/some', form('x'));
  t.equal((await ask('GET', '/v2/artifacts/a')).status, 404);
  const deleted = await ask('DELETE', '/v2/artifacts/a/some');
  t.equal(deleted.status, 200);
  t.equal(deleted.body.length, 0);
  t.same(await artifacts(), []);
});

t.test('methods that are not there', async (t) => {
  const { ask } = await start(t);
  const list = await ask('GET', '/v2/artifacts');
  t.equal(list.status, 405);
  t.equal(list.headers.allow, 'POST, OPTIONS');
  t.equal((await ask('PATCH', '/v2/artifacts/x', form('x'))).status, 405);
  t.equal((await ask('OPTIONS', '/v2/artifacts/x')).headers.allow, 'GET, POST, PUT, DELETE, HEAD, OPTIONS');
});

t.test('no URL leads out of the store', async (t) => {
  const { ask, artifacts } = await start(t);
  const paths = [
    ...['..%2f..%2fetc%2fpasswd', '%2e%2e/x', '%2e%2e%2fx', 'a/../../x', 'a/%2e%2e/%2e%2e/x', '/etc/passwd'],
    ...['%2fetc%2fpasswd', 'a%00b', 'a%5c..%5cb', '..%5cx', '.ekiden-uploads/x', 'a//b', 'a%0ab', './x'],
  ];
  for (const path of paths) {
    for (const method of ['GET', 'HEAD', 'DELETE', 'PUT', 'POST']) {
      const upload = method === 'PUT' || method === 'POST' ? form('x') : {};
      const answer = await ask(method, `/v2/artifacts/${path}`, upload);
      t.equal(answer.status, 400, `${method} ${path}`);
      if (method !== 'HEAD') t.match(messageOf(answer), /is not the path of an artifact: /);
    }
  }
  t.equal((await ask('GET', '/v2/artifacts/%252e%252e%252fx')).status, 404);
  t.equal((await ask('GET', '/v2/artifacts/%ff')).status, 400);
  t.equal((await ask('POST', '/v2/artifacts', form('x', { name: '..' }))).status, 422);
  t.equal((await ask('POST', '/v2/artifacts', form('x', { name: '.ekiden-uploads' }))).status, 400);
  t.same(await artifacts(), []);
});

t.test('uploads are not bodies of JSON: the limit of those does not count, and other routes keep theirs', async (t) => {
  const { ask } = await start(t, { maxRequestBytes: 1000 });
  const content = Buffer.alloc(3 << 20, 'content ');
  t.equal((await ask('PUT', '/v2/artifacts/form', form(content))).status, 201);
  t.equal((await ask('PUT', '/v2/artifacts/raw', { body: content })).status, 201);
  t.ok(content.equals((await ask('GET', '/v2/artifacts/form')).body));
  const headers = { 'Content-Type': 'application/json' };
  t.equal((await ask('POST', '/v2/apps', { headers, body: ' '.repeat(1001) })).status, 413);
  t.equal((await ask('POST', '/v2/apps', { headers, body: '{"id":"/a","cmd":"sleep 1"}' })).status, 201);
});

t.test('more than --artifact_max_bytes: 413, and nothing is kept', async (t) => {
  const { ask, artifacts, uploads } = await start(t, { artifactMaxBytes: 1000 });
  t.equal((await ask('PUT', '/v2/artifacts/x', form('o'.repeat(1000)))).status, 201);
  const chunks = (): Readable => Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(100_000)));
  const tooLarge = [
    await ask('PUT', '/v2/artifacts/x', form(Buffer.alloc(1001))),
    await ask('PUT', '/v2/artifacts/x', form(Buffer.alloc(3 << 20))),
    await ask('POST', '/v2/artifacts', form(Buffer.alloc(200_000))),
    await ask('PUT', '/v2/artifacts/y', { body: Buffer.alloc(1001) }),
    await ask('PUT', '/v2/artifacts/y', { body: chunks() }),
  ];
  for (const answer of tooLarge) {
    t.equal(answer.status, 413);
    t.equal(
      messageOf(answer),
      'The artifact is larger than 1000 bytes, which is what is accepted here (--artifact_max_bytes)',
    );
  }
  t.same(await artifacts(), ['x']);
  t.equal((await ask('GET', '/v2/artifacts/x')).body.toString(), 'o'.repeat(1000));
  t.same(await uploads(), []);
});

t.test('forms without what is needed say what is', async (t) => {
  const { ask, artifacts, uploads } = await start(t);
  const multipart = { 'Content-Type': 'multipart/form-data; boundary=frontier' };
  const { headers, body } = form('x'.repeat(100_000));
  const cut = body.subarray(0, -50);
  const wrong: readonly (readonly [Answer, number, RegExp])[] = [
    [
      await ask('POST', '/v2/artifacts', form('x', { field: 'upload' })),
      422,
      /Please use 'file' as form parameter name!/,
    ],
    [await ask('PUT', '/v2/artifacts/x', form('x', { field: 'upload' })), 422, /Please use 'file'/],
    [await ask('PUT', '/v2/artifacts/x', form('x', { field: 'upload', name: '' })), 422, /Please use 'file'/],
    [await ask('PUT', '/v2/artifacts/x'), 422, /Please use 'file'/],
    [await ask('POST', '/v2/artifacts', form('x', { name: '' })), 422, /no file name/],
    [await ask('POST', '/v2/artifacts', { body: 'x' }), 422, /no file name/],
    [
      await ask('PUT', '/v2/artifacts/x', { headers: { 'Content-Type': 'multipart/form-data' }, body: 'x' }),
      400,
      /not multipart/,
    ],
    [await ask('PUT', '/v2/artifacts/x', { headers: multipart, body: 'nonsense' }), 400, /not multipart/],
    [
      await ask('PUT', '/v2/artifacts/x', { headers: { ...headers, 'Content-Length': String(cut.length) }, body: cut }),
      400,
      /not received as a whole/,
    ],
  ];
  for (const [answer, status, text] of wrong) {
    t.equal(answer.status, status, String(text));
    t.match(messageOf(answer), text);
  }
  t.same(await artifacts(), []);
  t.same(await uploads(), []);
});

/** Sends the beginning of a request, and leaves when the store has begun to write. */
async function abort(t: Test, { port, uploads }: World, head: string): Promise<void> {
  const socket: Socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.write(head);
  await waitFor('the upload', async () => (await uploads()).length === 1);
  socket.destroy();
  await waitFor('nothing to be left', async () => (await uploads()).length === 0);
}

t.test('clients that go away in the middle leave nothing behind', async (t) => {
  const world = await start(t);
  const { headers, body } = form('x'.repeat(100_000));
  const type = headers['Content-Type'] ?? '';
  const half = body.subarray(0, 50_000).toString();
  await abort(
    t,
    world,
    `POST /v2/artifacts HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${half}`,
  );
  await abort(
    t,
    world,
    `PUT /v2/artifacts/x HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n${half.length.toString(16)}\r\n${half}\r\n`,
  );
  await abort(t, world, `PUT /v2/artifacts/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf`);
  await abort(t, world, `PUT /v2/artifacts/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`);
  t.same(await world.artifacts(), []);
  t.equal((await world.ask('PUT', '/v2/artifacts/x', form('whole'))).status, 201);
});

t.test('without a store every request says which flag is missing', async (t) => {
  const { api } = await startFakeScheduler(t);
  const { headers, body } = form('x');
  for (const [method, url] of [
    ['GET', '/v2/artifacts/x'],
    ['DELETE', '/v2/artifacts/x'],
    ['PUT', '/v2/artifacts/x'],
    ['POST', '/v2/artifacts'],
  ] as const) {
    const answer = await api.inject({
      method,
      url,
      ...(method === 'PUT' || method === 'POST' ? { headers, payload: body } : {}),
    });
    t.equal(answer.statusCode, 422);
    t.match(answer.json(), { message: /No storage provider available.*--artifact_store/ });
  }
});

t.test('access control is asked before anything is done', async (t) => {
  const asked: string[] = [];
  const { ask, artifacts, store } = await start(
    t,
    {},
    {
      access: {
        ...openAccess,
        demand(_request, action, resource) {
          asked.push(`${action} ${resource.kind === 'system' ? resource.name : resource.kind}`);
          throw new ApiError(403, 'not you');
        },
      },
    },
  );
  await store.write('x', Readable.from([Buffer.from('x')], { objectMode: false }));
  for (const [method, path] of [
    ['GET', '/x'],
    ['PUT', '/x'],
    ['POST', ''],
    ['DELETE', '/x'],
  ] as const) {
    const upload = method === 'PUT' || method === 'POST' ? form('y'.repeat(300_000)) : {};
    t.equal((await ask(method, `/v2/artifacts${path}`, upload)).status, 403);
  }
  t.same(asked, ['view artifacts', 'update artifacts', 'update artifacts', 'update artifacts']);
  t.same(await artifacts(), ['x']);
});
