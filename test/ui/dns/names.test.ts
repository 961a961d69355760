import t from 'tap';
import { namesToBeginWith, typeOf, usualType } from '../../../src/ui/pages/dns/names.js';

t.test('what is asked for when nobody says it', (t) => {
  t.equal(usualType('web.marathon.mesos'), 'A');
  t.equal(usualType('_web._tcp.marathon.mesos'), 'SRV');
  t.equal(usualType('1.0.0.10.in-addr.arpa'), 'PTR');
  t.equal(typeOf('aaaa', 'web.marathon.mesos'), 'AAAA');
  t.equal(typeOf('nonsense', '_web._tcp.marathon.mesos'), 'SRV');
  t.equal(typeOf(undefined, ''), 'A');
  t.end();
});

t.test('names to begin with: of apps, a service, then the cluster; none of single instances', (t) => {
  const names = [
    '127-0-0-1.agent.mesos',
    '1.0.0.10.in-addr.arpa',
    '_http._web._tcp.marathon.mesos',
    '_web._tcp.marathon.mesos',
    '_web._tcp.marathon.slave.mesos',
    'leader.mesos',
    'web-4zy5c-s1.marathon.mesos',
    'web.marathon.mesos',
    'web.marathon.slave.mesos',
  ].map((name) => ({ name, count: 1, records: [] }));
  t.same(namesToBeginWith(names, 'mesos', 8), ['web.marathon.mesos', '_web._tcp.marathon.mesos', 'leader.mesos']);
  t.same(namesToBeginWith(names, undefined, 1), ['web.marathon.mesos']);
  t.same(namesToBeginWith([], 'mesos', 8), []);
  t.end();
});
