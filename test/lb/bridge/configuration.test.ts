import t from 'tap';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTasksText } from '../../../src/catalog/providers/marathon/tasks-text.js';
import { bridgeApps, bridgeConfiguration, bridgeHeader, meansTheSame } from '../../../src/lb/bridge/configuration.js';
import { sharedPath } from '../../support/shared.js';

const cases = sharedPath('golden/lb/open');

t.test('the text of the original, byte for byte', { skip: cases === undefined && 'no ../shared' }, async (t) => {
  const names = readdirSync(cases ?? '.').filter((name) => existsSync(join(cases ?? '.', name, 'bridge.cfg')));
  t.ok(names.length > 0);
  for (const name of names) {
    const file = (base: string): string => readFileSync(join(cases ?? '.', name, base), 'utf8');
    const { text, notes } = bridgeConfiguration(parseTasksText(file('v2-tasks.txt')));
    t.equal(text, file('bridge.cfg'), name);
    t.same(notes, [], name);
  }
});

t.test('one section for each service port, servers counted down, apps without a service port left out', async (t) => {
  const { text, notes } = bridgeApps(
    parseTasksText('web_shop\t10001\t10.0.0.1:31001\tagent-2.example:31002\t\nidle\t10002\t\nbatch\t \t10.0.0.4\t\n'),
  );
  t.equal(
    text,
    `
listen web_shop-10001
  bind 0.0.0.0:10001
  mode tcp
  option tcplog
  balance leastconn
  server web_shop-2 10.0.0.1:31001 check
  server web_shop-1 agent-2.example:31002 check

listen idle-10002
  bind 0.0.0.0:10002
  mode tcp
  option tcplog
  balance leastconn
`,
  );
  t.same(notes, []);
});

t.test('what could be more than it seems is left out, with a note, and the rest goes on', async (t) => {
  const { text, notes } = bridgeConfiguration([
    { app: 'a\n  server x 6.6.6.6:1', servicePort: 10001, addresses: ['10.0.0.1:1'] },
    { app: 'b', servicePort: 99999, addresses: [] },
    {
      app: 'c',
      servicePort: 10003,
      addresses: ['10.0.0.1:1\ncheck', '10.0.0.1:99999', 'no-port', '300.1.1.1:80', 'h:80'],
    },
    { app: 'd', servicePort: 10003, addresses: ['10.0.0.1:1'] },
    { app: 'e', servicePort: 9090, addresses: ['10.0.0.1:1'] },
    { app: 'good', servicePort: 10009, addresses: ['10.0.0.9:1'] },
  ]);
  t.equal(text.match(/^listen /gm)?.length, 3, 'the statistics, c and good');
  t.match(text, 'server c-1 h:80 check');
  t.match(text, 'server good-1 10.0.0.9:1 check');
  t.notMatch(text, /6\.6\.6\.6|99999|300\.1/);
  t.equal(notes.length, 8, notes.join('\n'));
  t.match(notes.join('\n'), '"d" is left out: port 10003 belongs to c');
  t.match(notes.join('\n'), '"e" is left out: port 9090 belongs to the statistics');
});

t.test('the order of services and tasks means nothing; what they are does', async (t) => {
  const of = (text: string): string => bridgeConfiguration(parseTasksText(text)).text;
  const one = of('a\t1111\th1:1\th2:2\t\nb\t2222\th3:3\t\n');
  t.ok(meansTheSame(one, of('b\t2222\th3:3\t\na\t1111\th2:2\th1:1\t\n')));
  t.notOk(meansTheSame(one, of('a\t1111\th1:1\th2:3\t\nb\t2222\th3:3\t\n')));
  t.notOk(meansTheSame(one, of('a\t1111\th1:1\th2:2\th2:2\t\nb\t2222\th3:3\t\n')));
  t.notOk(meansTheSame(one, bridgeHeader));
});
