// How the exact mode comes by the state, and what it opens then.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { TLSSocket } from 'node:tls';
import t from 'tap';
import type { Test } from 'tap';
import { createHttpClient } from '../../../src/common/http-client.js';
import { decodeConfig } from '../../../src/dns/config/decode-config.js';
import type { MesosDnsConfig } from '../../../src/dns/config/mesos-dns-config.js';
import { validateConfig } from '../../../src/dns/config/validate-config.js';
import { startExactDns } from '../../../src/dns/exact/start-exact.js';
import type { ExactParts } from '../../../src/dns/exact/start-exact.js';
import { MasterBoard } from '../../../src/mesos/master-source.js';
import type { MasterSource } from '../../../src/mesos/master-source.js';
import { makeAuthority } from '../../support/certificate-authority.js';
import { listenOnFreePort } from '../../support/listen.js';
import { memoryLogger } from '../../support/memory-logger.js';
import type { LogLine } from '../../support/memory-logger.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

const withoutOpenssl = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed';
const hasIpv6 = Object.values(networkInterfaces()).some(
  (all) => all?.some(({ address }) => address === '::1') ?? false,
);

function state(authority: string): string {
  return JSON.stringify({
    leader: `master@${authority}`,
    slaves: [{ id: 'a-S0', pid: 'slave(1)@10.1.0.1:5051' }],
    frameworks: [{ name: 'marathon', tasks: [{ id: 'web', name: 'web', slave_id: 'a-S0', state: 'TASK_RUNNING' }] }],
  });
}

/** Over plain HTTP. */
async function startMaster(t: Test): Promise<string> {
  const respond: RequestListener = (_request, response) => response.end(state(authority));
  const authority = `127.0.0.1:${await listenOnFreePort(t, createServer(respond))}`;
  return authority;
}

async function start(
  t: Test,
  file: object,
  parts: Partial<ExactParts> = {},
): Promise<{ config: MesosDnsConfig; base: string; lines: readonly LogLine[]; ended: Promise<[string, number]> }> {
  const json = {
    refreshSeconds: 1,
    listener: '127.0.0.1',
    httplistener: '127.0.0.1',
    port: await freePort(),
    httpport: await freePort(),
    externalon: false,
    ...file,
  };
  const config = validateConfig(decodeConfig(JSON.stringify(json)), { localResolvers: () => [], nowSeconds: 1 });
  const { logger, lines } = memoryLogger();
  let end: (result: [string, number]) => void;
  const ended = new Promise<[string, number]>((resolve) => (end = resolve));
  const fatal = (error: Error, status: number): void => end([error.message, status]);
  const handle = await startExactDns(config, { logger, fatal }, parts);
  t.teardown(() => handle.stop('self'));
  const host = config.HTTPListener.includes(':') ? `[${config.HTTPListener}]` : config.HTTPListener;
  return { config, base: `http://${host}:${config.HttpPort}`, lines, ended };
}

const ipOf = async (base: string): Promise<string> => {
  const [entry] = (await (await fetch(`${base}/v1/hosts/web.marathon.mesos`)).json()) as { ip: string }[];
  return entry?.ip ?? '';
};

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

t.test('a master over TLS that asks for a certificate', { skip: withoutOpenssl }, async (t) => {
  const directory = t.testdir();
  const authority = await makeAuthority(directory, 'masters');
  const clients = await makeAuthority(directory, 'clients');
  const server = await authority.sign('127.0.0.1');
  const client = await clients.sign('127.0.0.2');
  const shown: (string | undefined)[] = [];
  const respond: RequestListener = (request, response) => {
    shown.push((request.socket as TLSSocket).getPeerCertificate().subjectaltname);
    response.end(state(address));
  };
  const master = createTlsServer(
    {
      cert: readFileSync(server.certificatePath),
      key: readFileSync(server.keyPath),
      ca: readFileSync(clients.certificatePath),
      requestCert: true,
      rejectUnauthorized: true,
    },
    respond,
  );
  const address = `127.0.0.1:${await listenOnFreePort(t, master)}`;
  const file = {
    masters: [address],
    mesosHTTPSOn: true,
    caCertFile: authority.certificatePath,
    certFile: client.certificatePath,
    keyFile: client.keyPath,
  };
  const { base } = await start(t, file);
  t.equal(await waitFor('the first state', () => ipOf(base).catch(() => undefined)), '10.1.0.1');
  t.equal(shown[0], 'IP Address:127.0.0.2');

  const untrusted = await start(t, { ...file, caCertFile: clients.certificatePath });
  const refusal = await waitFor('an error', () =>
    Promise.resolve(untrusted.lines.find(({ level }) => level === 'error')),
  );
  t.match(refusal.message, /^Warning: Error generating records: .*certificate.*; keeping old DNS state$/);
  const trusting = await start(t, { ...file, caCertFile: '' });
  t.equal(await waitFor('every certificate to count', () => ipOf(trusting.base).catch(() => undefined)), '10.1.0.1');
});

t.test('one of the two servers alone, and IPv6', async (t) => {
  const master = await startMaster(t);
  const http = await start(t, { masters: [master], dnsOn: false });
  await waitFor('the first state', () => ipOf(http.base).catch(() => undefined));
  t.notOk(await isOpen('127.0.0.1', http.config.Port), 'HTTP alone');
  const dns = await start(t, { masters: [master], httpOn: false });
  await waitFor('the first state', () => isOpen('127.0.0.1', dns.config.Port));
  t.notOk(await isOpen('127.0.0.1', dns.config.HttpPort), 'DNS alone');
  if (!hasIpv6) return;
  const six = await start(t, { masters: [master], listener: '::1', httpListener: '::1' });
  t.equal(await waitFor('the first state', () => ipOf(six.base).catch(() => undefined)), '10.1.0.1');
  t.ok(await isOpen('::1', six.config.Port));
});

t.test('-v=2 tells of every record and of what was counted', async (t) => {
  const master = await startMaster(t);
  const { base, lines } = await start(t, { masters: [master], mesosCredentials: { secret: 'hush' } }, { verbosity: 2 });
  await waitFor('the first state', () => ipOf(base).catch(() => undefined));
  const counted = /^\{MesosRequests:[1-9]\d* MesosSuccess:[1-9]\d* MesosNXDomain:0 MesosFailed:0 NonMesosRequests:0 /;
  await waitFor('the counts at the next reload', () =>
    Promise.resolve(lines.some(({ message }) => counted.test(message))),
  );
  t.ok(lines.some(({ message }) => message === '[A]\tweb.marathon.mesos.: 10.1.0.1'));
  t.ok(
    lines.some(
      ({ message }) => message === '[SRV]\t_leader._tcp.mesos.: leader.mesos.:' + (master.split(':')[1] ?? ''),
    ),
  );
  t.notMatch(JSON.stringify(lines), /hush/);
});

t.test('without a leader in ZooKeeper for so long the process ends with status 1', async (t) => {
  const authority = await startMaster(t);
  const board = new MasterBoard();
  board.set({ leader: authority, masters: [authority] });
  const source: MasterSource = {
    get current() {
      return board.current;
    },
    onChange: (listener) => board.onChange(listener),
    known: (signal) => board.known(signal),
    close: () => Promise.resolve(),
  };
  const http = createHttpClient({ timeoutMs: 5_000 });
  const { base, ended } = await start(
    t,
    { zk: 'zk://127.0.0.1:1/mesos', zkDetectionTimeout: 1 },
    {
      openMasters: () =>
        Promise.resolve({ name: 'a fake', source, http, scheme: 'http', headers: {}, close: () => http.close() }),
    },
  );
  await waitFor('the first state', () => ipOf(base).catch(() => undefined));
  board.set({ leader: undefined, masters: [] });
  t.strictSame(await ended, ['master detection timed out after 1s', 1]);
  t.equal(await ipOf(base), '10.1.0.1', 'until then the last state is served');
});
