import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { ClusterView, graceFor } from '../../../src/dns/source/cluster-view.js';
import { HostResolver } from '../../../src/dns/source/host-resolver.js';
import { waitFor } from '../../support/wait.js';

t.test('hosts given by name are looked up when they are wanted and when it is time, and not otherwise', async (t) => {
  let now = 1_000;
  const view = new ClusterView(graceFor(60_000));
  const asked: string[] = [];
  const answers = new Map<string, string[] | Error>();
  let changes = 0;
  const resolver = new HostResolver({
    view,
    resolve: async (host) => {
      asked.push(host);
      const answer = answers.get(host) ?? [];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    refreshMs: 60_000,
    clock: () => now,
    onChange: () => changes++,
    logger: silentLogger,
  });
  t.teardown(() => resolver.stop());
  const agent = (id: string, host: string): void => view.setAgent({ id, address: { host, port: 5051 } }, now);
  const known = (host: string): unknown => view.hostAddresses.get(host);

  agent('S0', '10.0.0.1');
  resolver.refresh();
  t.strictSame(asked, [], 'addresses are not looked up');

  answers.set('one', ['10.0.0.3', '10.0.0.2']);
  answers.set('two', new Error('SERVFAIL'));
  agent('S1', 'one');
  agent('S2', 'two');
  resolver.refresh();
  await waitFor('the address', () => known('one') !== undefined);
  t.strictSame(known('one'), ['10.0.0.2', '10.0.0.3']);
  t.equal(changes, 1);
  resolver.refresh();
  t.strictSame(asked, ['one', 'two'], 'a failure is no reason to ask at once');

  answers.set('three', ['10.0.0.4']);
  agent('S3', 'three');
  resolver.refresh();
  await waitFor('the new one', () => known('three') !== undefined);
  t.strictSame(asked, ['one', 'two', 'three']);

  now += 60_000;
  view.removeAgent('S3');
  answers.set('one', new Error('SERVFAIL'));
  answers.set('two', ['10.0.0.5']);
  resolver.refresh();
  await waitFor('the second attempt', () => known('two') !== undefined);
  t.strictSame(asked.slice(3).sort(), ['one', 'two'], 'who is not wanted any more is not asked for');
  t.strictSame(known('one'), ['10.0.0.2', '10.0.0.3'], 'a failure changes nothing');
  t.equal(known('three'), undefined);
});

t.test('so many are looked up at a time, and a result after the end is dropped', async (t) => {
  const view = new ClusterView(graceFor(60_000));
  const release: (() => void)[] = [];
  const resolver = new HostResolver({
    view,
    resolve: (host) => new Promise((resolve) => release.push(() => resolve([`10.0.0.${host.slice(1)}`]))),
    refreshMs: 60_000,
    clock: () => 0,
    onChange: () => undefined,
    logger: silentLogger,
  });
  for (let i = 1; i <= 20; i++) view.setAgent({ id: `S${i}`, address: { host: `h${i}`, port: 5051 } }, 0);
  resolver.refresh();
  await waitFor('the first', () => release.length > 0);
  t.equal(release.length, 8);
  release[0]?.();
  await waitFor('the next', () => release.length === 9);
  t.strictSame([...view.hostAddresses], [['h1', ['10.0.0.1']]]);
  resolver.stop();
  release[1]?.();
  release[2]?.();
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(view.hostAddresses.size, 1);
});
