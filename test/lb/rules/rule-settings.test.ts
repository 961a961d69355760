import t from 'tap';
import { readRuleSettings } from '../../../src/lb/rules/rule-settings.js';

t.test('what a Config says', (t) => {
  t.same(readRuleSettings({}), { priority: 0, servers: [], portIndex: null });
  t.same(readRuleSettings({ config: { Acl: 'path /', Unknown: 'x', Priority: ' ' } }), {
    priority: 0,
    servers: [],
    portIndex: null,
  });
  t.same(
    readRuleSettings({
      config: {
        priority: '-7',
        SERVERS: '10.0.0.7:80, [2001:DB8::7]:8080 db.Example.com.:5432,10.0.0.7:80',
        Port: '1',
      },
    }),
    { priority: -7, servers: ['10.0.0.7:80', '2001:db8::7:8080', 'db.example.com:5432'], portIndex: 1 },
  );
  t.end();
});

t.test('what it cannot say', (t) => {
  const cases: [key: string, value: string, why: RegExp][] = [
    ['Priority', 'high', /Priority "high": not a whole number/],
    ['Priority', '1.5', /not a whole number/],
    ['Priority', '9999999', /from -1000000 to 1000000/],
    ['Port', '-1', /from 0 to 99/],
    ['Port', '0x1', /not a whole number/],
    ['Servers', '10.0.0.7', /is not address:port/],
    ['Servers', '10.0.0.7:0', /has no port/],
    ['Servers', '10.0.0.7:99999', /has no port/],
    ['Servers', '2001:db8::7:8080', /IPv6 is written as/],
    ['Servers', '[10.0.0.7]:80', /IPv6 is written as/],
    ['Servers', '10.1:80', /does not begin with an address or a host name/],
    ['Servers', '0x7f000001:80', /does not begin with an address or a host name/],
    ['Servers', 'a b:80', /is not address:port/],
    ['Servers', "x'y:80", /does not begin/],
    ['Servers', 'x\u0000:80', /does not begin/],
    ['Servers', '${HOME}:80', /does not begin/],
    ['Servers', Array.from({ length: 101 }, (_, i) => `h${i}:80`).join(), /more than 100/],
  ];
  for (const [key, value, message] of cases) {
    t.throws(() => readRuleSettings({ config: { [key]: value } }), { name: 'RuleError', message }, `${key} ${value}`);
  }
  t.end();
});
