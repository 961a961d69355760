import t from 'tap';
import fc from 'fast-check';
import { withoutCredentials } from '../../src/common/redact.js';

t.test('what is hidden, and what is not', async (t) => {
  for (const [address, shown] of [
    ['m:5050', 'm:5050'],
    ['http://host/a@b?c=d@e', 'http://host/a@b?c=d@e'],
    ['http://me:pw@host/a@b', 'http://xxxxxxxx:xxxxxxxx@host/a@b'],
    ['zk://u:p@h1:2181,u:p@h2:2181/mesos', 'zk://xxxxxxxx:xxxxxxxx@h2:2181/mesos'],
    ['zk://u:p/q?r@h:2181/mesos', 'zk://xxxxxxxx:xxxxxxxx@h:2181/mesos'],
    ['u:p@host:1', 'xxxxxxxx:xxxxxxxx@host:1'],
    ['http://h/?apiKey=1&a=b&secret_key=2', 'http://h/?apiKey=<redacted>&a=b&secret_key=<redacted>'],
    ['//cmd', '//cmd'],
    ['', ''],
  ] as const) {
    t.equal(withoutCredentials(address), shown);
  }
});

t.test('a password is hidden whatever it is made of', async () => {
  const password = fc.stringMatching(/^[!-~]{10,40}$/);
  const scheme = fc.constantFrom('zk://', 'hdfs://', 'tcp://', '');
  fc.assert(
    fc.property(scheme, password, (start, secret) => {
      const shown = withoutCredentials(`${start}user:${secret}@host:2181/path`);
      return shown.endsWith('@host:2181/path') && !shown.includes(secret);
    }),
    { numRuns: 200 },
  );
});
