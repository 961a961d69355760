import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { decodeConfig } from '../../../src/dns/config/decode-config.js';
import { dnsOptionsOf } from '../../../src/dns/config/dns-options.js';
import { validateConfig } from '../../../src/dns/config/validate-config.js';
import { pack } from '../../../src/dns/exact/pack.js';
import { startExactDns } from '../../../src/dns/exact/start-exact.js';
import { startDns } from '../../../src/dns/start.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

/** A master whose state the test writes. */
async function startMaster(
  t: Test,
): Promise<{ authority: string; state: unknown; body: string | undefined; asked: number }> {
  const master = { authority: '', state: {} as unknown, body: undefined as string | undefined, asked: 0 };
  const server = createServer((_request, response) => {
    master.asked++;
    response.statusCode = 503; // which does not count
    response.end(master.body ?? JSON.stringify(master.state));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  master.authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  master.state = stateWith(master.authority, 'web');
  return master;
}

function stateWith(authority: string, ...names: string[]): object {
  return {
    leader: `master@${authority}`,
    slaves: [{ id: 'a-S0', pid: 'slave(1)@10.1.0.1:5051' }],
    frameworks: [
      {
        id: 'F',
        name: 'marathon',
        tasks: names.map((name) => ({ id: name, name, slave_id: 'a-S0', state: 'TASK_RUNNING' })),
      },
    ],
  };
}

async function configFor(authority: string, more: object = {}): Promise<ReturnType<typeof validateConfig>> {
  const file = {
    masters: [authority],
    refreshSeconds: 1,
    listener: '127.0.0.1',
    httplistener: '127.0.0.1',
    port: await freePort(),
    httpport: await freePort(),
    externalon: false,
    ...more,
  };
  return validateConfig(decodeConfig(JSON.stringify(file)), { localResolvers: () => [], nowSeconds: 1 });
}

t.test('ports open with the first state; then the last good one is served', async (t) => {
  const master = await startMaster(t);
  master.body = '<html>not yet</html>';
  const config = await configFor(master.authority, { mesoscredentials: { principal: 'p', secret: 'hush' } });
  const handle = await startExactDns(config, { logger: silentLogger, fatal: (error) => t.error(error) });
  t.teardown(() => handle.stop('self'));
  const base = `http://127.0.0.1:${config.HttpPort}`;
  const host = async (name: string): Promise<string> => {
    const [entry] = (await (await fetch(`${base}/v1/hosts/${name}.marathon.mesos`)).json()) as { ip: string }[];
    return entry?.ip ?? '';
  };
  const serial = async (): Promise<number> =>
    ((await (await fetch(`${base}/v1/axfr`)).json()) as { Serial: number }).Serial;

  await waitFor('a first look', () => master.asked > 1);
  await t.rejects(fetch(base), 'closed until then');
  master.body = undefined;
  t.equal(await waitFor('the first state', () => host('web').catch(() => undefined)), '10.1.0.1');
  t.notMatch(await (await fetch(`${base}/v1/config`)).text(), /hush/);

  const before = await serial();
  await waitFor('a new serial, though nothing changed', async () => (await serial()) > before);
  master.body = '{"leader":"nobody"}';
  const asked = master.asked;
  await waitFor('two more looks', () => master.asked >= asked + 2);
  t.equal(await host('web'), '10.1.0.1', 'kept');
  master.body = JSON.stringify(stateWith(master.authority));
  await waitFor('the empty state to empty the zone', async () => (await host('web')) === '');
});

t.test('over TCP queries are answered in their order, so many of them', async (t) => {
  const master = await startMaster(t);
  const config = await configFor(master.authority);
  const handle = await startExactDns(config, { logger: silentLogger, fatal: (error) => t.error(error) });
  t.teardown(() => handle.stop('self'));
  await waitFor('the ports', () => fetch(`http://127.0.0.1:${config.HttpPort}/v1/version`).then(({ ok }) => ok));

  const queries = Array.from({ length: 130 }, (_, id) => {
    const question = { name: `${id % 2 === 0 ? 'web' : 'x'}.marathon.mesos.`, type: 1, class: 1 };
    const { bytes } = pack(
      { id, flags: 0, questions: [question], answers: [], authorities: [], additionals: [] },
      Infinity,
    ) ?? {
      bytes: Buffer.alloc(0),
    };
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
  });
  const received = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(config.Port, '127.0.0.1', () => socket.write(Buffer.concat(queries)));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks)));
  });
  const ids: number[] = [];
  for (let at = 0; at < received.length; at += 2 + received.readUInt16BE(at)) ids.push(received.readUInt16BE(at + 2));
  t.strictSame(
    ids,
    Array.from({ length: 128 }, (_, id) => id),
  );
});

t.test('a port that is taken ends the process with status 1', async (t) => {
  const master = await startMaster(t);
  const config = await configFor(master.authority, { httpport: Number(master.authority.split(':')[1]) });
  const failed = new Promise<[Error, number]>((resolve, reject) => {
    startExactDns(config, { logger: silentLogger, fatal: (error, status) => resolve([error, status]) })
      .then((handle) => t.teardown(() => handle.stop('self')))
      .catch(reject);
  });
  const [error, status] = await failed;
  t.equal(status, 1);
  t.match(error.message, /port \d+ on 127\.0\.0\.1 is in use/);
});

t.test('without quirks the settings of the file go for the better mode', async (t) => {
  const master = await startMaster(t);
  const config = await configFor(master.authority, {
    quirks: false,
    domain: 'prod.cluster',
    ttl: 17,
    enumerationon: false,
    zoneresolvers: { weave: ['127.0.0.1:9'] },
    soamname: 'dns.prod.cluster',
  });
  const handle = await startDns(dnsOptionsOf(config), { logger: silentLogger, fatal: (error) => t.error(error) });
  t.teardown(() => handle.stop('self'));
  const base = `http://127.0.0.1:${config.HttpPort}`;
  t.equal((await fetch(`${base}/v1/enumerate`)).status, 404);
  t.match(await (await fetch(`${base}/v1/config`)).json(), {
    TTL: 17,
    Domain: 'prod.cluster',
    SOAMname: 'dns.prod.cluster.',
    ZoneResolvers: { weave: ['127.0.0.1:9'] },
  });
  t.equal(
    (await fetch(`${base}/health`)).status,
    503,
    'what is ours is there: this master has not been understood yet',
  );
});
