import type { Test } from 'tap';
import { decodeConfig } from '../../../../src/dns/config/decode-config.js';
import { validateConfig } from '../../../../src/dns/config/validate-config.js';
import { startExactDns } from '../../../../src/dns/exact/start-exact.js';
import { startDns } from '../../../../src/dns/start.js';
import { startFakeMaster } from '../../../support/fake-operator-master.js';
import { memoryLogger } from '../../../support/memory-logger.js';
import { freePort } from '../../../support/ports.js';
import { waitFor } from '../../../support/wait.js';
import { testDnsOptions } from '../../support/server.js';
import { knownName } from './classes.js';
import { askOnce } from './clients.js';
import { dotted, message, question } from './octets.js';

/** A name server of a cluster with one task, `web`, and whether it has told of faults of its own. */
export interface Target {
  readonly port: number;
  /** What it has logged as an error. */
  readonly errors: () => readonly string[];
}

/** The id of the question that is asked in between; no other message has it. */
export const sentinelId = 0xbeef;
export const sentinel = message({ id: sentinelId, body: question(dotted(knownName)) });

/** Whether the server has an address for the known name. */
export async function answersWell(port: number): Promise<boolean> {
  const reply = await askOnce(port, sentinel);
  return reply !== undefined && reply.readUInt16BE(0) === sentinelId && reply.readUInt16BE(6) === 1;
}

async function startCluster(t: Test): Promise<string> {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.addAgent('x-S1', '10.0.0.1');
  master.addFramework('F1', 'marathon');
  master.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', ip: '172.16.0.5', ports: [31_001] });
  return master.authority;
}

/** `ekiden dns`, answering itself. */
export async function startOurs(t: Test): Promise<Target> {
  const master = await startCluster(t);
  const port = await freePort();
  const { logger, lines } = memoryLogger();
  const handle = await startDns(
    { ...testDnsOptions, dnsPort: port, dnsHttpPort: await freePort(), master },
    { logger, fatal: (error) => t.error(error) },
  );
  t.teardown(() => handle.stop('self'));
  await waitFor('the first answer', () => answersWell(port));
  return { port, errors: () => lines.filter(({ level }) => level === 'error').map((line) => JSON.stringify(line)) };
}

/** Exact mode. */
export async function startExact(t: Test): Promise<Target> {
  const file = {
    masters: [await startCluster(t)],
    listener: '127.0.0.1',
    httplistener: '127.0.0.1',
    port: await freePort(),
    httpport: await freePort(),
    externalon: false,
  };
  const config = validateConfig(decodeConfig(JSON.stringify(file)), { localResolvers: () => [], nowSeconds: 1 });
  const { logger, lines } = memoryLogger();
  const handle = await startExactDns(config, { logger, fatal: (error) => t.error(error) });
  t.teardown(() => handle.stop('self'));
  await waitFor('the first answer', () => answersWell(file.port));
  return {
    port: file.port,
    errors: () => lines.filter(({ level }) => level === 'error').map((line) => JSON.stringify(line)),
  };
}
