import t from 'tap';
import { groupedSettings, groupOf, settingsOf } from '../../../src/ui/pages/about/settings.js';
import { startedAtMs } from '../../../src/ui/pages/about/uptime.js';

t.test('settings of both sources, each once, as text', (t) => {
  const settings = settingsOf({ http_port: 8080, zk: null, features: [], names: ['a', 'b'] }, [
    { http_port: 1, mesos_role: '*', features: ['x'] },
    undefined,
    { event_subscriber: { type: 'http_callback' } },
  ]);
  t.same(
    settings.map(({ name, value }) => [name, value]),
    [
      ['event_subscriber', '{"type":"http_callback"}'],
      ['features', undefined],
      ['http_port', '8080'],
      ['mesos_role', '*'],
      ['names', 'a, b'],
      ['zk', undefined],
    ],
  );
  t.end();
});

t.test('groups', (t) => {
  t.equal(groupOf('zk_timeout'), 'ZooKeeper and store');
  t.equal(groupOf('http_port'), 'HTTP and access');
  t.equal(groupOf('mesos_role'), 'Mesos');
  t.equal(groupOf('tracing'), 'Other');
  const settings = settingsOf({ tracing: false, zk: null, mesos_role: 'prod', master: 'h:5050' }, []);
  const names = (text: string, onlySet: boolean) =>
    groupedSettings(settings, text, onlySet).map(({ group, settings: some }) => [group, some.map(({ name }) => name)]);
  t.same(names('', false), [
    ['Mesos', ['master', 'mesos_role']],
    ['ZooKeeper and store', ['zk']],
    ['Other', ['tracing']],
  ]);
  t.same(names('', true), [
    ['Mesos', ['master', 'mesos_role']],
    ['Other', ['tracing']],
  ]);
  t.same(names('PROD role', true), [['Mesos', ['mesos_role']]], 'names and values are searched');
  t.same(names('nothing', false), []);
  t.end();
});

t.test('since when the process runs', (t) => {
  t.equal(startedAtMs({ gauges: { 'marathon.uptime.gauge.seconds': { value: 10 } } }, 60_000), 50_000);
  t.equal(startedAtMs({ gauges: { other: { value: 10 } } }, 60_000), undefined);
  t.equal(startedAtMs({}, 60_000), undefined);
  t.end();
});
