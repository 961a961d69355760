import t from 'tap';
import { followRedirects } from '../../src/mesos/redirects.js';

interface Step {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Masters by URL: where they redirect to, or an error; whatever is not named answers 200. */
function asked(masters: Readonly<Record<string, string | Error>>) {
  const urls: string[] = [];
  const send = async (url: string): Promise<Step> => {
    urls.push(url);
    const next = masters[url];
    if (next instanceof Error) throw next;
    return next === undefined ? { status: 200, headers: {} } : { status: 307, headers: { location: next } };
  };
  return { urls, send };
}

t.test('as a master redirects: the scheme stays', async (t) => {
  const { urls, send } = asked({ 'https://a:5050/api/v1': '//b:5050/master/api/v1' });
  const { answer, url } = await followRedirects('https://a:5050/api/v1', send);
  t.equal(answer.status, 200);
  t.equal(url.href, 'https://b:5050/master/api/v1');
  t.same(urls, ['https://a:5050/api/v1', 'https://b:5050/master/api/v1']);
});

t.test('absolute, by path alone, to TLS, with credentials that are left out', async (t) => {
  const { url } = await followRedirects(
    'http://a/x',
    asked({ 'http://a/x': 'https://u:p@b/y', 'https://b/y': '/z' }).send,
  );
  t.equal(url.href, 'https://b/z');
});

t.test('what is no redirect is the answer', async (t) => {
  for (const answer of [
    { status: 307, headers: {} },
    { status: 302, headers: { location: '//b/' } },
    { status: 503, headers: {} },
  ]) {
    t.same((await followRedirects('http://a/', () => Promise.resolve(answer))).answer, answer);
  }
});

t.test('in a circle, without end, away from TLS, to nowhere', async (t) => {
  const circle = asked({ 'http://a/': '//b/', 'http://b/': '//a/' });
  await t.rejects(followRedirects('http://a/', circle.send), { message: 'masters redirect in a circle: a → b → a' });
  t.equal(circle.urls.length, 2, 'nobody is asked twice');
  const self = asked({ 'http://a/': '//a/' });
  await t.rejects(followRedirects('http://a/', self.send), { message: 'masters redirect in a circle: a → a' });
  let hosts = 0;
  const endless = (): Promise<Step> => Promise.resolve({ status: 307, headers: { location: `//m${++hosts}/` } });
  await t.rejects(followRedirects('http://m0/', endless), { message: /more than 5 times: m0 → .* → m6$/ });
  const plain = asked({ 'https://a/': 'http://b/' });
  await t.rejects(followRedirects('https://a/', plain.send), { message: /a redirects to http:\/\/b\/, away from TLS/ });
  for (const from of ['http://a/', 'https://a/']) {
    const other = asked({ [from]: `ftp://b/${'x'.repeat(1_000)}` });
    await t.rejects(followRedirects(from, other.send), {
      message: /^a redirects to ftp:\/\/b\/x{1,200}, which is no address of a master$/,
    });
  }
  const nowhere = asked({ 'http://a/': 'http://' });
  await t.rejects(followRedirects('http://a/', nowhere.send), { message: /"http:\/\/", which is no address/ });
});

t.test('who redirected to a master that cannot be reached is told', async (t) => {
  const refused = new Error('connect ECONNREFUSED');
  await t.rejects(followRedirects('http://a/', asked({ 'http://a/': refused }).send), refused);
  await t.rejects(followRedirects('http://a/', asked({ 'http://a/': '//b/', 'http://b/': refused }).send), {
    message: 'b, to which a redirects: connect ECONNREFUSED',
    cause: refused,
  });
});
