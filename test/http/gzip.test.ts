import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import type { LightMyRequestResponse } from 'fastify';
import t from 'tap';
import { acceptsGzip, addGzip } from '../../src/http/gzip.js';
import { createHttpServer } from '../../src/http/server.js';

t.test('whether gzip is accepted', (t) => {
  for (const header of ['gzip', 'GZip', 'deflate, gzip;q=1.0', 'br;q=1.0, gzip;q=0.8, *;q=0.1', '*', 'x-gzip']) {
    t.ok(acceptsGzip(header), header);
  }
  for (const header of [undefined, '', 'identity', 'br', 'gzip;q=0', 'gzip;q=0.0, *', '*;q=0', 'gzip;q=x', 'gzippy']) {
    t.notOk(acceptsGzip(header), String(header));
  }
  t.end();
});

t.test('what is compressed', async (t) => {
  const long = JSON.stringify({ apps: 'x'.repeat(5000) });
  const server = createHttpServer();
  addGzip(server);
  server.get('/json', (_request, reply) => reply.header('Content-Type', 'application/json').send(Buffer.from(long)));
  server.route({
    method: ['GET', 'HEAD'],
    url: '/text',
    exposeHeadRoute: false,
    handler: (_request, reply) => reply.type('text/plain').send(long),
  });
  server.get('/short', (_request, reply) => reply.type('text/plain').send('pong'));
  server.get('/binary', (_request, reply) => reply.type('application/octet-stream').send(Buffer.alloc(5000)));
  server.get('/stream', (_request, reply) => reply.type('text/plain').send(Readable.from([long])));
  server.get('/events', (_request, reply) => reply.type('text/event-stream').send(long));
  server.get('/done', (_request, reply) => reply.type('text/plain').header('Content-Encoding', 'br').send(long));
  server.get('/varied', (_request, reply) => reply.type('text/plain').header('Vary', 'Origin').send(long));
  server.get('/broken', () => {
    throw new Error(long);
  });
  t.teardown(() => server.close());
  const ask = async (url: string, encoding = 'gzip', method: 'GET' | 'HEAD' = 'GET'): Promise<LightMyRequestResponse> =>
    server.inject({ url, method, headers: { 'accept-encoding': encoding } });

  for (const url of ['/json', '/text']) {
    const answer = await ask(url);
    t.equal(answer.headers['content-encoding'], 'gzip');
    t.equal(answer.headers['vary'], 'Accept-Encoding');
    t.equal(Number(answer.headers['content-length']), answer.rawPayload.length);
    t.equal(gunzipSync(answer.rawPayload).toString(), long);
    const plain = await ask(url, 'identity');
    t.equal(plain.headers['content-encoding'], undefined);
    t.equal(plain.headers['vary'], 'Accept-Encoding');
    t.equal(plain.body, long);
    const head = await ask(url, 'gzip', 'HEAD');
    t.equal(head.headers['content-encoding'], 'gzip', 'the same headers as GET');
    t.equal(head.headers['vary'], 'Accept-Encoding');
    t.equal(head.headers['content-length'], undefined, 'but for the length, which is not known');
    t.equal(head.body, '');
    const plainHead = await ask(url, 'identity', 'HEAD');
    t.equal(plainHead.headers['content-encoding'], undefined);
    t.equal(Number(plainHead.headers['content-length']), long.length);
    t.equal(plainHead.body, '');
  }
  for (const url of ['/short', '/binary', '/stream', '/events']) {
    const answer = await ask(url);
    t.equal(answer.headers['content-encoding'], undefined, url);
    t.equal(answer.headers['vary'], undefined, url);
  }
  t.equal((await ask('/done')).headers['content-encoding'], 'br');
  t.equal((await ask('/varied')).headers['vary'], 'Origin, Accept-Encoding');
  const broken = await ask('/broken');
  t.equal(broken.statusCode, 500);
  t.equal(broken.headers['content-encoding'], 'gzip', 'errors, too');
});

t.test('a body that is sent again is not compressed again', async (t) => {
  const body = Buffer.from('x'.repeat(5000));
  const sent: unknown[] = [];
  const server = createHttpServer();
  server.addHook('onRequest', (_request, reply, done) => {
    const end = reply.raw.end.bind(reply.raw);
    reply.raw.end = ((content: unknown) => {
      sent.push(content);
      return end(content);
    }) as typeof reply.raw.end;
    done();
  });
  addGzip(server);
  server.get('/same', (_request, reply) => reply.type('text/plain').send(body));
  server.get('/new', (_request, reply) => reply.type('text/plain').send(Buffer.from(body)));
  t.teardown(() => server.close());
  const ask = (url: string): Promise<LightMyRequestResponse> =>
    server.inject({ url, headers: { 'accept-encoding': 'gzip' } });
  const [first, second] = await Promise.all([ask('/same'), ask('/same')]);
  t.equal(gunzipSync(first.rawPayload).toString(), body.toString());
  t.equal(gunzipSync(second.rawPayload).toString(), body.toString());
  t.ok(sent[0] instanceof Buffer && sent[0] === sent[1], 'the very same bytes went out');
  await Promise.all([ask('/new'), ask('/new')]);
  t.not(sent[2], sent[3]);
});
