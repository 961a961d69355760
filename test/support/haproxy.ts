import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync, readdirSync } from 'node:fs';
import type { LbStatus } from '../../src/lb/api/routes.js';
import type { LbOptions } from '../../src/lb/options.js';
import { freePort } from './ports.js';

/** For tap's `skip`: why tests with a real HAProxy cannot run here, or false. */
export function withoutHaproxy(): string | false {
  try {
    execFileSync('haproxy', ['-v'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'there is no haproxy program here (apt-get install haproxy)';
  }
}

/** A web server that answers each request with its name, and counts them. */
export interface NamedServer {
  readonly port: number;
  requests: number;
  /** Waits this long before each answer. */
  delayMs: number;
  close(): Promise<void>;
}

export async function startNamedServer(name: string): Promise<NamedServer> {
  const server = createServer((_request, response) => {
    result.requests += 1;
    setTimeout(() => response.end(name), result.delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const result: NamedServer = {
    port: (server.address() as AddressInfo).port,
    requests: 0,
    delayMs: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return result;
}

/** Options with free ports. */
export async function lbOptions(workDir: string, scheduler: string, more: Partial<LbOptions> = {}): Promise<LbOptions> {
  return {
    host: '127.0.0.1',
    lbPort: await freePort(),
    bindAddress: '127.0.0.1',
    haproxyHttpPort: await freePort(),
    haproxyHttpsPort: await freePort(),
    haproxyStatsPort: await freePort(),
    schedulers: [scheduler],
    workDir,
    haproxyPath: 'haproxy',
    templatePath: undefined,
    rulesFile: undefined,
    haproxyAppIdPort: 0,
    bindsHttpAndHttps: true,
    isStrictSni: false,
    pollSeconds: 300,
    certificates: [],
    bindAddresses: [],
    servicePorts: [],
    assignedPorts: null,
    groups: ['*'],
    isStrict: false,
    settingsFrom: 'labels',
    templateLabels: false,
    health: 'all',
    defaultRule: 'none',
    emptyServices: 'keep',
    hostClaims: [],
    reloadIntervalMs: 1_000,
    hardStopAfterSeconds: 300,
    maxOldProcesses: 5,
    archivedConfigs: 10,
    ...more,
  };
}

/** `GET /ekiden/v1/status` of a load balancer. */
export async function lbStatus({ lbPort }: LbOptions): Promise<LbStatus> {
  const response = await fetch(`http://127.0.0.1:${lbPort}/ekiden/v1/status`);
  return (await response.json()) as LbStatus;
}

/** The body that a port of 127.0.0.1 answers with, on a connection of its own. */
export async function get(port: number, host?: string): Promise<string> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const headers = { connection: 'close', ...(host === undefined ? {} : { host }) };
    const call = request({ host: '127.0.0.1', port, headers, agent: false, timeout: 5_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve(response.statusCode === 200 ? body : `status ${response.statusCode}`));
      response.on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', reject);
    call.end();
  });
}

/** The HAProxy processes whose configuration is below a directory. */
export function haproxiesOf(directory: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
        const running = !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
        return running && words.includes('-D') && words.some((word) => word.startsWith(`${directory}/`));
      } catch {
        return false;
      }
    })
    .map(Number);
}
