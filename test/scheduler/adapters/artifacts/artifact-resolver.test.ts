import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { createHttpClient } from '../../../../src/common/http-client.js';
import type { Logger } from '../../../../src/common/logger.js';
import { silentLogger } from '../../../../src/common/logger.js';
import { createArtifactResolver } from '../../../../src/scheduler/adapters/artifacts/artifact-resolver.js';
import type { ResolverOptions } from '../../../../src/scheduler/adapters/artifacts/artifact-resolver.js';
import { shownUrl, storedPathOf } from '../../../../src/scheduler/adapters/artifacts/download-url.js';
import { openFileStore } from '../../../../src/scheduler/adapters/artifacts/file-store.js';
import type { ArtifactResolver, ArtifactStore } from '../../../../src/scheduler/ports/artifact-store.js';
import { listenOnFreePort } from '../../../support/listen.js';
import { waitFor } from '../../../support/wait.js';

interface World {
  readonly store: ArtifactStore;
  readonly directory: string;
  readonly resolver: ArtifactResolver;
  /** As another process makes it. */
  readonly again: (options?: Partial<ResolverOptions>) => ArtifactResolver;
  /** Serves with `answer`; the port. */
  readonly serve: (answer: (request: IncomingMessage, response: ServerResponse) => void) => Promise<number>;
}

async function start(t: Test, options: Partial<ResolverOptions> = {}): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), 'ekiden-resolver-'));
  const http = createHttpClient({ timeoutMs: 10_000 });
  const store = await openFileStore({
    directory,
    maxBytes: 1 << 16,
    baseUrl: 'http://leader:8080/v2/artifacts',
    clock: Date.now,
    logger: silentLogger,
  });
  t.teardown(async () => {
    await http.close();
    await store.close();
    await rm(directory, { recursive: true, force: true });
  });
  const again = (changes: Partial<ResolverOptions> = {}): ArtifactResolver =>
    createArtifactResolver(store, http, { logger: silentLogger, ...options, ...changes });
  return { store, directory, resolver: again(), again, serve: (answer) => listenOnFreePort(t, createServer(answer)) };
}

async function textOf(store: ArtifactStore, uri: string): Promise<string> {
  const found = await store.read(uri.slice('http://leader:8080/v2/artifacts/'.length));
  return Buffer.concat(((await found?.content.toArray()) ?? []) as Buffer[]).toString();
}

t.test('a URL is downloaded once, for everybody and for ever', async (t) => {
  const { resolver, again, serve, store } = await start(t);
  let asked = 0;
  const port = await serve((_request, response) => {
    asked++;
    response.end('the archive');
  });
  const url = `http://127.0.0.1:${port}/files/app-1.2.tgz?x=1`;
  const uris = await Promise.all([resolver.resolve(url), resolver.resolve(url), resolver.resolve(url)]);
  t.match(uris[0], /^http:\/\/leader:8080\/v2\/artifacts\/[0-9a-f]{32}\/app-1\.2\.tgz$/);
  t.equal(new Set(uris).size, 1);
  t.equal(await textOf(store, uris[0]), 'the archive');
  t.equal(await again().resolve(url), uris[0]);
  t.equal(asked, 1);
  const other = await resolver.resolve(`http://127.0.0.1:${port}/files/app-1.2.tgz?x=2`);
  t.not(other, uris[0]);
  t.equal(asked, 2);
});

t.test('what failed is tried again when it is asked for again', async (t) => {
  const { resolver, serve, store, directory } = await start(t);
  let works = false;
  const port = await serve((_request, response) => response.writeHead(works ? 200 : 503).end('content'));
  const url = `http://127.0.0.1:${port}/x`;
  await t.rejects(resolver.resolve(url), {
    message: `http://127.0.0.1:${port}/x cannot be brought into the artifact store: the answer is 503 Service Unavailable`,
  });
  t.same(await readdir(directory), ['.ekiden-uploads']);
  works = true;
  t.equal(await textOf(store, await resolver.resolve(url)), 'content');
});

t.test('redirects are followed, five of them, and none to another scheme', async (t) => {
  const { resolver, serve, store } = await start(t);
  const port = await serve((request, response) => {
    const [, kind = '', count = ''] = (request.url ?? '').split('/');
    const next =
      kind === 'file'
        ? 'file:///etc/passwd'
        : kind === 'lost'
          ? '/gone/x'
          : kind === 'bad'
            ? 'http://'
            : `/hop/${Number(count) - 1}`;
    if (kind === 'gone') response.writeHead(410).end();
    else if (kind === 'hop' && count === '0') response.end('arrived');
    else response.writeHead(302, { Location: next }).end('elsewhere');
  });
  const at = `http://127.0.0.1:${port}`;
  t.equal(await textOf(store, await resolver.resolve(`${at}/hop/5`)), 'arrived');
  await t.rejects(resolver.resolve(`${at}/hop/6`), /redirected more than 5 times/);
  await t.rejects(resolver.resolve(`${at}/file/1`), /file: names a file of the machine that the scheduler runs on/);
  await t.rejects(resolver.resolve(`${at}/bad/1`), /redirected to something that is not a URL/);
  await t.rejects(
    resolver.resolve(`${at}/lost/1`),
    /the answer is 410 Gone from http:.*\/gone\/x, to which it is redirected/,
  );
});

t.test('only http and https are downloaded', async (t) => {
  const { resolver } = await start(t);
  await t.rejects(resolver.resolve('file:///etc/passwd'), /serve it with http/);
  await t.rejects(
    resolver.resolve('ftp://host/x'),
    /ftp: is not a scheme that can be downloaded from: only http: and https: are/,
  );
  await t.rejects(resolver.resolve('not a url'), /it is not a URL/);
});

t.test('user and password are for their own host, and nobody else sees them', async (t) => {
  const seen: (string | undefined)[] = [];
  const lines: string[] = [];
  const line = (fields: object, message: string): void => void lines.push(JSON.stringify(fields) + message);
  const logger: Logger = { debug: line, info: line, warn: line, error: line, child: () => logger };
  const { resolver, serve } = await start(t, { logger });
  const far = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end('x');
  });
  const near = await serve((request, response) => {
    seen.push(request.headers.authorization);
    if (request.url === '/missing?token=hush') response.writeHead(404).end();
    else if (request.url === '/near') response.writeHead(302, { Location: '/there' }).end();
    else response.writeHead(302, { Location: `http://127.0.0.1:${far}/x` }).end();
  });
  const at = `http://me:s%40cret@127.0.0.1:${near}`;
  await resolver.resolve(`${at}/near`);
  const basic = `Basic ${Buffer.from('me:s@cret').toString('base64')}`;
  t.same(seen, [basic, basic, undefined]);
  await t.rejects(resolver.resolve(`${at}/missing?token=hush`), {
    message: `http://127.0.0.1:${near}/missing?… cannot be brought into the artifact store: the answer is 404 Not Found`,
  });
  t.equal(lines.length, 1);
  t.notMatch(lines.join(), /cret|hush|me:/);
});

t.test('what is too large, breaks off, hangs or refuses leaves nothing behind', async (t) => {
  const { resolver, again, serve, directory } = await start(t);
  const hanging: ServerResponse[] = [];
  const port = await serve((request, response) => {
    if (request.url === '/large') response.end(Buffer.alloc((1 << 16) + 1));
    else if (request.url === '/broken') {
      response.writeHead(200, { 'Content-Length': 100 }).write('a part', () => response.destroy());
    } else if (request.url === '/slow') {
      hanging.push(response);
      response.writeHead(200).write('a part');
    }
  });
  const at = `http://127.0.0.1:${port}`;
  await t.rejects(resolver.resolve(`${at}/large`), /larger than 65536 bytes.*--artifact_max_bytes/);
  await t.rejects(resolver.resolve(`${at}/broken`), /cannot be brought into the artifact store: \S/);
  await t.rejects(again({ timeoutMs: 300 }).resolve(`${at}/slow`), /it took longer than 0.3 s/);
  await t.rejects(again({ idleTimeoutMs: 100 }).resolve(`${at}/slow`), /Body Timeout/i);
  t.equal(hanging.length, 2);
  await t.rejects(resolver.resolve('http://127.0.0.1:1/x'), /ECONNREFUSED/);
  t.same(await readdir(directory), ['.ekiden-uploads']);
  t.same(await readdir(join(directory, '.ekiden-uploads')), []);
});

t.test('so many at a time, and so many that wait', async (t) => {
  const { resolver, serve } = await start(t, { concurrency: 2, maxPending: 4 });
  const open: ServerResponse[] = [];
  const port = await serve((_request, response) => void open.push(response));
  const urls = ['a', 'b', 'c', 'd'].map((name) => `http://127.0.0.1:${port}/${name}`);
  const downloads = urls.map((url) => resolver.resolve(url));
  await t.rejects(resolver.resolve(`http://127.0.0.1:${port}/e`), /4 other downloads wait already/);
  await waitFor('two requests', () => open.length === 2);
  open[0]?.end('a');
  await waitFor('a third', () => open.length === 3);
  for (let ended = 1; ended < 4; ended++) {
    await waitFor('the next', () => open.length > ended);
    open[ended]?.end('x');
  }
  t.equal(new Set(await Promise.all(downloads)).size, 4);
});

t.test('names in the store are harmless, and keep their ending', async (t) => {
  const nameOf = (url: string): string => storedPathOf(url).split('/')[1] ?? '';
  t.equal(nameOf('http://h/a/b/app.tar.gz'), 'app.tar.gz');
  t.equal(nameOf('http://h/'), 'artifact');
  t.equal(nameOf('http://h/a/%2e%2e%2f%2e%2e%2fx'), '__.._x');
  t.equal(nameOf('http://h/.hidden'), '_hidden');
  t.equal(nameOf('http://h/s%C3%BC%20%00.zip'), 's___.zip');
  t.equal(nameOf('http://h/%zz'), '_zz');
  t.equal(nameOf(`http://h/${'n'.repeat(300)}.tgz`).length, 128);
  t.match(nameOf(`http://h/${'n'.repeat(300)}.tgz`), /n\.tgz$/);
  t.equal(shownUrl('https://u:p@h:1/x?sig=1#f'), 'https://h:1/x?…');
  t.equal(shownUrl('//u:p@h/x'), 'the URL');
});
