import { gzipSync } from 'node:zlib';
import t from 'tap';
import { interfaceFolder } from '../../../src/http/interface-folder.js';
import { startLbApi } from '../../support/lb-api.js';

const basic = `Basic ${Buffer.from('ann:a:b').toString('base64')}`;

t.test('the rules part of the web interface', async (t) => {
  const root = t.testdir({
    'index.html': 'the scheduler',
    'rules.html': '<title>Rules</title>',
    assets: { 'x-1a2b.js': 'plain', 'x-1a2b.js.gz': gzipSync('compressed') },
    '.hidden': 'hidden',
  });
  const interfaceFiles = interfaceFolder('rules.html', root);
  const { server } = await startLbApi(t, { interfaceFiles, credentials: { user: 'ann', password: 'a:b' } });
  t.equal((await server.inject('/ui/')).statusCode, 401, 'behind the login, as everything');
  t.equal((await server.inject('/ui/assets/x-1a2b.js')).statusCode, 401);
  const get = (url: string, headers: Record<string, string> = {}) =>
    server.inject({ url, headers: { authorization: basic, ...headers } });

  const root302 = await get('/');
  t.equal(root302.statusCode, 302);
  t.equal(root302.headers['location'], 'ui/', 'relative: it also holds below the path of a gateway');
  t.equal((await get('/ui')).headers['location'], 'ui/', 'from there it is the folder, too');
  t.equal((await get('/ui?x=/')).headers['location'], 'ui/');

  const page = await get('/ui/');
  t.equal(page.statusCode, 200);
  t.equal(page.body, '<title>Rules</title>');
  t.match(page.headers['content-type'], /^text\/html/);
  t.equal(page.headers['cache-control'], 'no-cache');
  const policy = String(page.headers['content-security-policy']);
  t.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
  t.notMatch(policy, /unsafe|\*|https?:/);
  t.equal(page.headers['x-content-type-options'], 'nosniff');
  t.equal(page.headers['referrer-policy'], 'same-origin');
  t.equal(page.headers['cross-origin-opener-policy'], 'same-origin');
  const again = await get('/ui/?backend=x', { 'if-none-match': String(page.headers['etag']) });
  t.equal(again.statusCode, 304);
  t.equal(again.headers['content-security-policy'], policy, 'also of the page that the browser has kept');

  const script = await get('/ui/assets/x-1a2b.js', { 'accept-encoding': 'gzip' });
  t.equal(script.headers['content-encoding'], 'gzip');
  t.match(script.headers['cache-control'], /immutable/);
  t.equal(script.headers['x-content-type-options'], 'nosniff');
  const head = await server.inject({ method: 'HEAD', url: '/ui/', headers: { authorization: basic } });
  t.equal(head.statusCode, 200);

  for (const url of ['/ui/none.js', '/ui/assets/none.js', '/ui/.hidden', '/ui/%2e%2e/secret', '/ui/rules']) {
    const none = await get(url);
    t.equal(none.statusCode, 404, url);
    t.notMatch(none.headers['cache-control'], /immutable/, url);
  }
});

t.test('a program without the interface has a page that leads to the API', async (t) => {
  t.equal(interfaceFolder('rules.html', t.testdir({ 'index.html': '' })), undefined);
  const { server } = await startLbApi(t);
  t.equal((await server.inject('/')).headers['location'], 'ui/');
  const page = await server.inject('/ui/');
  t.equal(page.statusCode, 200);
  t.match(page.headers['content-security-policy'], /default-src 'none'/);
  const links = [...page.body.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href);
  t.ok(links.length > 3);
  for (const href of links) t.match(href, /^\.\.\/(?:ekiden\/v1\/|metrics)/, 'relative');
  t.equal((await server.inject('/ui/assets/x.js')).statusCode, 404);
});
