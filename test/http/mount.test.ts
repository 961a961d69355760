import fc from 'fast-check';
import t from 'tap';
import { normalisedPrefix, unmounted } from '../../src/http/mount.js';

t.test('what a URL means below a prefix', (t) => {
  const prefix = '/service/marathon';
  const cases: Record<string, string> = {
    '/service/marathon': '/',
    '/service/marathon/': '/',
    '/service/marathon?x=1': '/?x=1',
    '/service/marathon/v2/apps?embed=a': '/v2/apps?embed=a',
    '/service/marathon//a/b': '//a/b',
    '/service/marathon/service/marathon/ping': '/service/marathon/ping',
    '/service/marathonish': '/service/marathonish',
    '/service': '/service',
    '/v2/apps//service/marathon': '/v2/apps//service/marathon',
    '//service/marathon/ping': '//service/marathon/ping',
    'http://host:80/service/marathon/ping': '/ping',
    'https://host': '/',
    'http://host?x': '/?x',
    '*': '*',
    'ftp://host/x': 'ftp://host/x',
  };
  for (const [url, meant] of Object.entries(cases)) t.equal(unmounted(url, prefix), meant, url);
  t.equal(unmounted('/service/marathon', undefined), '/service/marathon');
  t.end();
});

t.test('prefixes as they are given', (t) => {
  const cases: [string | undefined, string | undefined][] = [
    [undefined, undefined],
    ['', undefined],
    ['/', undefined],
    ['marathon', '/marathon'],
    ['/service/marathon/', '/service/marathon'],
    ['//a//', '/a'],
  ];
  for (const [given, expected] of cases) t.equal(normalisedPrefix(given), expected, String(given));
  t.end();
});

t.test('every path has the same meaning below the prefix as at the root', (t) => {
  fc.assert(
    fc.property(fc.webPath(), (path) => {
      const url = path.startsWith('/') ? path : `/${path}`;
      return unmounted(`/p/q${url}`, '/p/q') === url;
    }),
    { numRuns: 200 },
  );
  t.end();
});
