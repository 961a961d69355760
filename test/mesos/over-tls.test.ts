// The scheduler's connection and the name server, at masters that speak TLS alone and want credentials.
import { spawnSync } from 'node:child_process';
import type { Test } from 'tap';
import t from 'tap';
import type { MasterOptions } from '../../src/mesos/master-access.js';
import { openMasterAccess } from '../../src/mesos/master-access.js';
import { startTestDns } from '../dns/support/server.js';
import { makeAuthority } from '../support/certificate-authority.js';
import type { Authority } from '../support/certificate-authority.js';
import { startFakeMaster } from '../support/fake-operator-master.js';
import { memoryLogger } from '../support/memory-logger.js';
import { fakeMaster, world } from '../support/mesos-world.js';
import { startTlsFront } from '../support/tls-front.js';

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed';
const secret = 'sesame';

async function authorityAndOptions(t: Test): Promise<{ authority: Authority; options: MasterOptions }> {
  const authority = await makeAuthority(t.testdir(), 'masters');
  const credentials = { principal: 'marathon', secret };
  return { authority, options: { credentials, secretFile: undefined, tls: true, caFile: authority.certificatePath } };
}

t.test('the scheduler: subscription, redirect and calls', { skip }, async (t) => {
  const { authority, options } = await authorityAndOptions(t);
  const leader = await fakeMaster(t);
  const follower = await fakeMaster(t);
  const [leading, following] = [
    await startTlsFront(t, authority, leader.authority),
    await startTlsFront(t, authority, follower.authority),
  ];
  follower.intercept = () => ({ status: 307, headers: { location: `//${leading}/master/api/v1/scheduler` } });
  const { logger } = memoryLogger();
  const access = await openMasterAccess(following, options, { logger, random: Math.random });
  t.teardown(() => access.close());
  const w = world(t, [], { masters: access });
  w.start();
  t.same(await w.until('registered'), ['registered', 'framework-0', leading, undefined]);
  await w.cluster.send([{ type: 'revive', roles: ['dev'] }]);
  const basic = `Basic ${Buffer.from(`marathon:${secret}`).toString('base64')}`;
  t.same(
    leader.calls.map(({ type }, i) => [type, leader.headers[i]?.authorization]),
    [
      ['SUBSCRIBE', basic],
      ['REVIVE', basic],
    ],
  );

  leader.intercept = () => ({
    status: 401,
    text: '401 Unauthorized.',
    headers: { 'www-authenticate': 'Basic realm="mesos-master-scheduler"' },
  });
  await w.cluster.send([{ type: 'revive', roles: ['dev'] }]);
  await w.until('disconnected');
  const lost = JSON.stringify(w.log.find(({ message }) => message === 'the connection to Mesos was lost'));
  t.match(lost, 'does not know the principal');
  t.notMatch(JSON.stringify(w.log), secret);
  t.notMatch(JSON.stringify(w.log), Buffer.from(`marathon:${secret}`).toString('base64'));
});

t.test('the name server: events and state', { skip }, async (t) => {
  const { authority, options } = await authorityAndOptions(t);
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.addAgent('x-S1', '10.0.0.1');
  const front = await startTlsFront(t, authority, master.authority);
  const dns = await startTestDns(t, { master: front, mesos: options });
  await dns.synced();
  t.match(await dns.status(), { source: 'stream' });
  const config = await (await fetch(`${dns.http}/v1/config`)).text();
  t.match(config, /"MesosHTTPSOn": ?true/);
  t.notMatch(config, secret);
});

t.test('a name server with a file that cannot be used does not start', async (t) => {
  const mesos = { credentials: undefined, secretFile: undefined, tls: true, caFile: '/nowhere/ca.pem' };
  await t.rejects(startTestDns(t, { master: 'h:5050', mesos }), {
    name: 'StartupError',
    message: /^--mesos_ca: there is no file \/nowhere\/ca.pem/,
  });
});
