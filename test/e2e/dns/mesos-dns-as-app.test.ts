// Mesos-DNS' own way to run it: as an app of the scheduler, pinned to one agent, with its configuration file (user examples §9).
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { dig, haveDig } from '../../dns/support/dig.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import { running } from '../support/running.js';

t.setTimeout(180_000);

const skip = !(await haveDig()) && 'dig is not installed (package bind9-dnsutils)';

t.test('bin/mesos-dns as an app answers for the cluster that it runs on', { skip }, async (t) => {
  const bundle = await startBundle(t);
  const [port, httpPort] = [await freePort(), await freePort()];
  const config = join(t.testdir(), 'config.json');
  writeFileSync(
    config,
    JSON.stringify({
      masters: [`127.0.0.1:${bundle.ports.cluster}`],
      refreshSeconds: 1,
      ttl: 60,
      domain: 'mesos',
      port,
      listener: '127.0.0.1',
      httpListener: '127.0.0.1',
      httpPort,
      externalOn: false,
      timeout: 5,
      email: 'root.mesos-dns.mesos',
    }),
  );
  await bundle.postApp({ id: '/web', cmd: 'sleep 1000', cpus: 0.01, mem: 16, instances: 2, ports: [0] });
  const [task] = await running(bundle, '/web', 2);
  await bundle.postApp({
    id: '/mesos-dns',
    cmd: `${process.execPath} ${resolve('bin/mesos-dns')} -config=${config} -v=1`,
    cpus: 0.1,
    mem: 256,
    instances: 1,
    ports: [0],
    constraints: [['hostname', 'CLUSTER', task?.host ?? '']],
  });
  await running(bundle, '/mesos-dns', 1);

  const own = await waitFor(
    'its own name, from itself',
    async () => {
      const found = await dig(port, 'mesos-dns.marathon.mesos');
      if (found.answer.length === 0) throw new Error(found.status);
      return found;
    },
    { withinMs: 60_000, everyMs: 200 },
  );
  t.ok(own.flags.includes('aa'));
  t.match(own.answer[0], /^mesos-dns\.marathon\.mesos\. 60 IN A /);
  t.equal((await dig(port, '_web._tcp.marathon.mesos', 'SRV')).answer.length, 2);
  t.equal(
    (await dig(port, '_nobody._tcp.marathon.mesos', 'SRV')).status,
    'NOERROR',
    'exactly as Mesos-DNS: a quirk of it',
  );
  const version = await fetch(`http://127.0.0.1:${httpPort}/v1/version`);
  t.match(await version.json(), { Service: 'Mesos-DNS', Version: /^v0\.7/ });
});
