import type { Test } from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import type { DnsOptions } from '../../../src/dns/options.js';
import type { DnsStatus } from '../../../src/dns/servers/http-api.js';
import { startDns } from '../../../src/dns/start.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

export interface RunningDns {
  readonly port: number;
  /** `http://127.0.0.1:port` */
  readonly http: string;
  status(): Promise<DnsStatus>;
  /** Resolves when the first cluster is served. */
  synced(): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a name server on free ports; it is stopped at the end of the test. */
export async function startTestDns(
  t: Test,
  options: Partial<DnsOptions> & Pick<DnsOptions, 'master'>,
): Promise<RunningDns> {
  const port = await freePort();
  const dnsHttpPort = await freePort();
  const handle = await startDns(
    {
      host: '127.0.0.1',
      dnsPort: port,
      httpHost: '127.0.0.1',
      dnsHttpPort,
      domain: 'mesos',
      ttlSeconds: 60,
      refreshSeconds: 60,
      resolvers: [],
      mesos: { credentials: undefined, secretFile: undefined, tls: false, caFile: undefined },
      ...options,
    },
    { logger: silentLogger, fatal: (error) => t.error(error) },
  );
  t.teardown(() => handle.stop('self'));
  const http = `http://127.0.0.1:${dnsHttpPort}`;
  const status = async (): Promise<DnsStatus> => (await (await fetch(`${http}/ekiden/v1/status`)).json()) as DnsStatus;
  return {
    port,
    http,
    status,
    synced: () => waitFor('the first cluster', async () => (await status()).synced),
    stop: () => handle.stop('self'),
  };
}
