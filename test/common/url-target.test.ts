import t from 'tap';
import { targetOf } from '../../src/common/url-target.js';

t.test('credentials go from the URL into a header', (t) => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  const cases: readonly [url: string, href: string, authorization: string | undefined][] = [
    ['http://h/a?b=c#d', 'http://h/a?b=c', undefined],
    ['https://me:pass@h:8443/a', 'https://h:8443/a', basic('me:pass')],
    ['http://me@h', 'http://h/', basic('me:')],
    ['http://:pass@h', 'http://h/', basic(':pass')],
    ['http://m%40e:p%3A%C3%A4@h', 'http://h/', basic('m@e:p:ä')],
    ['http://%zz:b@h', 'http://h/', basic('%zz:b')],
    ['http://me:100%@h', 'http://h/', basic('me:100%')],
  ];
  for (const [url, href, authorization] of cases) t.same(targetOf(new URL(url)), { href, authorization }, url);
  const url = new URL('http://me:pass@h/');
  targetOf(url);
  t.equal(url.password, 'pass', 'it is left as it was');
  t.end();
});
