import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import t from 'tap';
import { StartupError } from '../../../src/common/errors.js';
import { interfaceFolder } from '../../../src/http/interface-folder.js';
import { listen } from '../../../src/http/server.js';
import { createFakeFront } from '../../support/fake-front.js';
import { rawConnection } from '../../support/raw-http.js';

t.test('the web interface from a directory', async (t) => {
  const dir = t.testdir({
    'secret.txt': 'secret',
    ui: {
      'index.html': '<h1>Interface</h1>',
      'main.js': 'plain',
      'main.js.gz': gzipSync('compressed'),
      '.hidden': 'hidden',
      'a b.txt': 'space',
      js: { 'x.js': 'x' },
      'secret-neighbour': 'x',
    },
    'ui-neighbour': { 'secret.txt': 'secret' },
  });
  const api = createFakeFront(t, { assetsPath: join(dir, 'ui') });
  const index = await api.inject('/ui/');
  t.equal(index.statusCode, 200);
  t.match(index.headers['content-type'], /^text\/html/);
  t.equal(index.body, '<h1>Interface</h1>');
  t.equal(index.headers['cache-control'], 'no-cache', 'kept, and asked for again');
  t.equal(index.headers['x-frame-options'], 'DENY');
  t.equal((await api.inject('/ui')).headers['location'], '/ui/', 'links in the page are relative');

  const etag = String(index.headers['etag']);
  const again = await api.inject({ url: '/ui/', headers: { 'if-none-match': etag } });
  t.equal(again.statusCode, 304);
  t.equal((await api.inject('/ui/js/x.js')).body, 'x');
  t.equal((await api.inject('/ui/a%20b.txt')).body, 'space');
  t.equal((await api.inject('/ui/main.js')).body, 'plain');
  const compressed = await api.inject({ url: '/ui/main.js', headers: { 'accept-encoding': 'gzip' } });
  t.equal(compressed.headers['content-encoding'], 'gzip');
  const head = await api.inject({ method: 'HEAD', url: '/ui/main.js' });
  t.equal(head.statusCode, 200);
  t.equal(head.headers['content-length'], '5');
  t.equal(head.body, '');
  t.equal((await api.inject({ method: 'POST', url: '/ui/main.js' })).statusCode, 405);

  const none = await api.inject('/ui/none.js');
  t.equal(none.statusCode, 404);
  t.same(none.json(), { message: 'URI not found: /ui/none.js' });
  t.equal(none.headers['content-type'], 'application/json');
  t.equal(none.headers['cache-control'], 'no-cache, no-store, must-revalidate');
  t.equal((await api.inject('/ui/.hidden')).statusCode, 404);

  const html = { accept: 'text/html,*/*;q=0.8' };
  t.equal((await api.inject({ url: '/ui/apps/%2Fprod%2Fdb', headers: html })).body, index.body, 'its own pages');
  t.equal((await api.inject('/ui/apps/prod')).statusCode, 404, 'for browsers only');
  t.equal((await api.inject({ url: '/ui/none.html', headers: html })).statusCode, 404);
});

t.test('nothing outside of the directory can be reached', async (t) => {
  const dir = t.testdir({
    'secret.txt': 'secret',
    ui: { 'index.html': 'index' },
    'ui-neighbour': { 'secret.txt': 'secret' },
  });
  const api = createFakeFront(t, { assetsPath: join(dir, 'ui') });
  const port = await listen(api, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  for (const path of [
    '/ui/../secret.txt',
    '/ui/%2e%2e/secret.txt',
    '/ui/%2e%2e%2fsecret.txt',
    '/ui/..%2fui-neighbour/secret.txt',
    '/ui/%252e%252e/secret.txt',
    '/ui/..%5csecret.txt',
    '/ui/x/../../secret.txt',
    `/ui/${join(dir, 'secret.txt')}`,
    '/ui//etc/passwd',
    '/ui/%2Fetc%2Fpasswd',
    '/ui/index.html%00.js',
    '/ui/%00',
  ]) {
    const answer = await rawConnection(t, port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`).ended;
    t.match(answer, /^HTTP\/1\.1 4\d\d /, path);
    t.notMatch(answer, /secret$|root:/, path);
    t.match(answer, /\r\n\r\n\{"message":/, path);
  }
});

t.test('a directory that is none', (t) => {
  const dir = t.testdir({ file: '' });
  for (const path of [join(dir, 'none'), join(dir, 'file')]) {
    t.throws(
      () => createFakeFront(t, { assetsPath: path }),
      new StartupError(`--assets_path: ${path} is not a directory`),
    );
  }
  t.end();
});

t.test('our own interface tells browsers to load nothing from elsewhere', async (t) => {
  const root = t.testdir({ 'index.html': 'Interface', assets: { 'x-1a2b.js': 'x' } });
  const api = createFakeFront(t, {}, { interfaceFiles: interfaceFolder('index.html', root) });
  const page = await api.inject('/ui/');
  t.equal(page.body, 'Interface');
  t.match(page.headers['content-security-policy'], /^default-src 'none'; script-src 'self'/);
  t.match((await api.inject('/ui/assets/x-1a2b.js')).headers['cache-control'], /immutable/);

  const other = createFakeFront(t, { assetsPath: root });
  const theirs = await other.inject('/ui/');
  t.equal(theirs.body, 'Interface');
  t.equal(theirs.headers['content-security-policy'], undefined, 'what --assets_path may load is not our business');
});

t.test('without files there is a page that leads to the API', async (t) => {
  const api = createFakeFront(t, {}, { interfaceFiles: undefined });
  const answer = await api.inject('/ui/');
  t.equal(answer.statusCode, 200);
  t.match(answer.body, /\.\.\/v2\/apps/);
  t.match(answer.headers['content-security-policy'], /default-src 'none'/);
  t.equal((await api.inject('/ui/main.js')).statusCode, 404);
});
