import type { Test } from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { defaultSoa } from '../../../src/dns/options.js';
import type { DnsOptions } from '../../../src/dns/options.js';
import { defaultIpSources } from '../../../src/dns/records/options.js';
import type { DnsStatus } from '../../../src/dns/servers/http-api.js';
import { startDns } from '../../../src/dns/start.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { testAnswererSettings } from './answerer-settings.js';

export interface RunningDns {
  readonly port: number;
  /** `http://127.0.0.1:port` */
  readonly http: string;
  status(): Promise<DnsStatus>;
  /** Resolves when the first cluster is served. */
  synced(): Promise<unknown>;
  stop(): Promise<void>;
}

/** What `ekiden dns` has without options, on the loopback interface, answering itself. */
export const testDnsOptions: Omit<DnsOptions, 'dnsPort' | 'dnsHttpPort' | 'master'> = {
  ...testAnswererSettings,
  httpHost: '127.0.0.1',
  dnsOn: true,
  httpOn: true,
  enumerationOn: true,
  mesos: { credentials: undefined, secretFile: undefined, tls: false, caFile: undefined },
  stateTimeoutSeconds: 300,
  domain: 'mesos',
  ttlSeconds: 60,
  srvWeight: 1,
  soa: defaultSoa('mesos'),
  ipSources: defaultIpSources,
  enforceRfc952: false,
  refreshSeconds: 60,
  workers: 0,
  answerUnhealthy: false,
  schedulers: [],
};

/** Starts a name server on free ports; it is stopped at the end of the test. */
export async function startTestDns(
  t: Test,
  options: Partial<DnsOptions> & Pick<DnsOptions, 'master'>,
): Promise<RunningDns> {
  const port = await freePort();
  const dnsHttpPort = await freePort();
  const handle = await startDns(
    { ...testDnsOptions, dnsPort: port, dnsHttpPort, ...options },
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
