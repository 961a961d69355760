import t from 'tap';
import { terminalStatusOf } from '../../../src/cluster/agent/exit-status.js';
import { launchScript } from '../../../src/cluster/agent/launch-script.js';
import { parseAttributesFlag } from '../../../src/cluster/agent/parse-attributes.js';
import {
  completeResources,
  detectedResources,
  parseResourcesFlag,
} from '../../../src/cluster/agent/parse-resources.js';
import { planFetch } from '../../../src/cluster/agent/fetcher/fetch-uri.js';
import { wireResources } from '../../../src/cluster/resource-forms.js';

const machine = { cpus: 4, memMib: 8192, diskMib: 100_000 };
const complete = (text: string): object[] =>
  wireResources(completeResources(parseResourcesFlag(text), machine), { withRole: false });

t.test('--resources', async (t) => {
  t.strictSame(complete(''), [
    { name: 'cpus', type: 'SCALAR', scalar: { value: 4 } },
    { name: 'mem', type: 'SCALAR', scalar: { value: 7168 } },
    { name: 'disk', type: 'SCALAR', scalar: { value: 94_880 } },
    { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31_000, end: 32_000 }] } },
  ]);
  t.match(detectedResources({ cpus: 1, memMib: 1000, diskMib: 5000 }), [
    {},
    { scalar: { value: 500 } },
    { scalar: { value: 2500 } },
  ]);
  const given = complete('cpus:2.5; mem:64 ;disk:1;ports:[31100-31199, 31200-31299,5-5];cpus(dev):1;zones:{b,a}');
  t.strictSame(given, [
    { name: 'cpus', type: 'SCALAR', scalar: { value: 2.5 } },
    { name: 'mem', type: 'SCALAR', scalar: { value: 64 } },
    { name: 'disk', type: 'SCALAR', scalar: { value: 1 } },
    {
      name: 'ports',
      type: 'RANGES',
      ranges: {
        range: [
          { begin: 5, end: 5 },
          { begin: 31_100, end: 31_299 },
        ],
      },
    },
    { name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, reservations: [{ type: 'STATIC', role: 'dev' }] },
    { name: 'zones', type: 'SET', set: { item: ['a', 'b'] } },
  ]);
  t.match(complete('[{"name":"cpus","type":"SCALAR","scalar":{"value":1}}]').at(-1), {
    name: 'cpus',
    scalar: { value: 1 },
  });
  for (const wrong of [
    'cpus',
    'cpus:',
    'cpus:two',
    'cpus:-1',
    ':2',
    'cpus:[1-2]',
    'ports:5',
    'ports:[2-1]',
    'ports:[1-70000]',
    'ports:[]',
    'zones:{a,}',
    '[{"name":1}]',
    '[{',
    '[{"name":"cpus","type":"SCALAR"}]',
  ]) {
    t.throws(() => complete(wrong), { name: 'UsageError', message: /^--resources: / }, wrong);
  }
});

t.test('--attributes', async (t) => {
  t.strictSame(parseAttributesFlag('rack:r2; level:10;speed:2.5;ids:[1-5,9-9];os:linux-6;url:http://x:1/y'), [
    { name: 'rack', type: 'TEXT', text: { value: 'r2' } },
    { name: 'level', type: 'SCALAR', scalar: { value: 10 } },
    { name: 'speed', type: 'SCALAR', scalar: { value: 2.5 } },
    {
      name: 'ids',
      type: 'RANGES',
      ranges: {
        range: [
          { begin: 1, end: 5 },
          { begin: 9, end: 9 },
        ],
      },
    },
    { name: 'os', type: 'TEXT', text: { value: 'linux-6' } },
    { name: 'url', type: 'TEXT', text: { value: 'http://x:1/y' } },
  ]);
  t.strictSame(parseAttributesFlag(''), []);
  for (const wrong of ['rack', 'rack:', ':r1', 'rack:{a,b}']) {
    t.throws(() => parseAttributesFlag(wrong), { name: 'UsageError', message: /^--attributes: / }, wrong);
  }
});

t.test('last states', async (t) => {
  t.strictSame(terminalStatusOf({ kind: 'exited', status: 0 }, false), {
    state: 'TASK_FINISHED',
    message: 'Command exited with status 0',
  });
  t.match(terminalStatusOf({ kind: 'exited', status: 0 }, true), { state: 'TASK_KILLED' });
  t.match(terminalStatusOf({ kind: 'signaled', signal: 36 }, false), {
    state: 'TASK_FAILED',
    message: 'Command terminated with signal Real-time signal 2',
  });
});

t.test('launch scripts refuse what cannot be a process', async (t) => {
  const none = new Map<string, string>();
  t.throws(() => launchScript({}, none), { name: 'InvalidCommandError' });
  t.throws(() => launchScript({ shell: false, value: '' }, none), { name: 'InvalidCommandError' });
  t.throws(() => launchScript({ value: 'a\0b' }, none), { name: 'InvalidCommandError' });
  t.throws(() => launchScript({ value: 'a' }, new Map([['A=B', 'x']])), { name: 'InvalidCommandError' });
  t.throws(() => launchScript({ value: 'a' }, new Map([['A', '\0']])), { name: 'InvalidCommandError' });
});

t.test('where URIs go', async (t) => {
  const nameOf = (value: string): string => planFetch({ value }).fileName;
  t.equal(nameOf('http://h/a/b%20c.tgz?x=/y.zip#z'), 'b c.tgz');
  t.equal(nameOf('hdfs:///dir/x.jar'), 'x.jar');
  t.equal(nameOf('file:///tmp/100%25.txt'), '100%25.txt', 'a file URI is a path, as in Mesos');
  t.equal(nameOf('file://localhost/tmp/a'), 'a');
  t.throws(() => planFetch({ value: 'file://host/tmp/a' }), { name: 'FetchError' });
  t.equal(planFetch({ value: '/a/x.tar.xz' }).archive, 'tar.xz');
  t.equal(planFetch({ value: '/a/x.tar.xz', output_file: 'y' }).archive, undefined);
});
