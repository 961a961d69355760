import fc from 'fast-check';
import t from 'tap';
import { UsageError } from '../../src/common/errors.js';
import { formatServer, parseZooKeeperAddress } from '../../src/zookeeper/address.js';

t.test('the forms that Marathon and Mesos take', async (t) => {
  t.same(parseZooKeeperAddress('zk://h1:2181,h2:2182/marathon'), {
    servers: [
      { host: 'h1', port: 2181 },
      { host: 'h2', port: 2182 },
    ],
    path: '/marathon',
  });
  t.same(parseZooKeeperAddress('zk://h1'), { servers: [{ host: 'h1', port: 2181 }], path: '/' });
  t.same(parseZooKeeperAddress('zk://h1/a/b/'), { servers: [{ host: 'h1', port: 2181 }], path: '/a/b' });
  t.same(parseZooKeeperAddress('zk://u:p@h/m').credentials, { user: 'u', password: 'p' });
  t.same(parseZooKeeperAddress('zk://u:p:@/w@rd@h:1/m'), {
    servers: [{ host: 'h', port: 1 }],
    credentials: { user: 'u', password: 'p:@/w@rd' },
    path: '/m',
  });
  t.same(parseZooKeeperAddress('zk://[::1]:2182,[fe80::1%eth0]/m').servers, [
    { host: '::1', port: 2182 },
    { host: 'fe80::1%eth0', port: 2181 },
  ]);
  t.equal(formatServer({ host: '::1', port: 1 }), '[::1]:1');
  t.equal(formatServer({ host: 'h', port: 1 }), 'h:1');
});

t.test('what is wrong is named, and the password never', async (t) => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['h1:2181/marathon', /must begin with zk:\/\//],
    ['zk://', /names no server/],
    ['zk:///marathon', /names no server/],
    ['zk://h1,,h2/m', /between commas is missing/],
    ['zk://h1:0/m', /0 is not a port/],
    ['zk://h1:99999/m', /99999 is not a port/],
    ['zk://h1:x/m', /"h1:x" is not host:port/],
    ['zk://::1/m', /"::1" is not host:port/],
    ['zk://h/a//b', /empty name/],
    ['zk://h/a/../b', /"\.\."/],
    ['zk://h/a\u0001b', /character/],
    ['zk://secret@h/m', /user:password/],
    ['zk://user:secret@h:x/m', /"h:x" is not host:port/],
    [`zk://${Array.from({ length: 101 }, (_, n) => `h${n}`).join(',')}/m`, /101 servers, 100 at most/],
  ];
  for (const [text, why] of refused) {
    const error = (() => {
      try {
        return parseZooKeeperAddress(text);
      } catch (thrown) {
        return thrown;
      }
    })();
    t.type(error, UsageError, text);
    t.match(error, { message: why }, text);
    t.notMatch((error as Error).message, /secret/, text);
  }
});

t.test('any text is read or refused', async (t) => {
  const parts = fc.constantFrom('zk://', 'h', ':', '2181', ',', '/', 'm', '@', '[', ']', '..', '');
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (words) => {
      try {
        const { servers, path } = parseZooKeeperAddress(words.join(''));
        return servers.length > 0 && path.startsWith('/') && (path === '/' || !path.endsWith('/'));
      } catch (error) {
        return error instanceof UsageError;
      }
    }),
    { numRuns: 500 },
  );
  t.pass('no other error');
});
