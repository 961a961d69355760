import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Limiter } from '../../../common/concurrency.js';
import { createLimiter } from '../../../common/concurrency.js';
import type { Workload } from '../workload.js';
import type { Probe } from './check-info.js';

/** Checks of all tasks that run at a time: commands cost a process each. */
const maxCommands = 16;
const maxConnections = 256;
const maxRedirects = 10;

/** What one check found; `why` when it could not be done, or not in time. */
export type Finding =
  | { readonly type: 'COMMAND'; readonly exitCode?: number; readonly why?: string }
  | { readonly type: 'HTTP'; readonly statusCode?: number; readonly why?: string }
  | { readonly type: 'TCP'; readonly succeeded?: boolean; readonly why?: string };

/** Whether a finding means that the task is healthy. */
export function isSuccess(finding: Finding): boolean {
  switch (finding.type) {
    case 'COMMAND':
      return finding.exitCode === 0;
    case 'HTTP':
      return finding.statusCode !== undefined && finding.statusCode >= 200 && finding.statusCode < 400;
    case 'TCP':
      return finding.succeeded === true;
  }
}

/** The same finding as `mesos.v1.CheckStatusInfo`; without one, what is said before the first. */
export function checkStatus(type: Probe['type'], finding?: Finding): object {
  switch (type) {
    case 'COMMAND':
      return {
        type,
        command: finding?.type === type && finding.exitCode !== undefined ? { exit_code: finding.exitCode } : {},
      };
    case 'HTTP':
      return {
        type,
        http: finding?.type === type && finding.statusCode !== undefined ? { status_code: finding.statusCode } : {},
      };
    case 'TCP':
      return {
        type,
        tcp: finding?.type === type && finding.succeeded !== undefined ? { succeeded: finding.succeeded } : {},
      };
  }
}

function statusOf(url: URL, signal: AbortSignal): Promise<{ status: number; location: string | undefined }> {
  return new Promise((resolve, reject) => {
    const isHttps = url.protocol === 'https:';
    const options = {
      method: 'GET',
      headers: { 'user-agent': 'ekiden-health-check', accept: '*/*', connection: 'close' },
      agent: false,
      signal,
    };
    const onResponse = (response: IncomingMessage): void => {
      resolve({ status: response.statusCode ?? 0, location: response.headers.location });
      // Nobody reads the body.
      response.destroy();
    };
    // Like Mesos and Marathon: whoever checks a task by its address cannot know its certificate.
    const call = isHttps
      ? httpsRequest(url, { ...options, rejectUnauthorized: false }, onResponse)
      : httpRequest(url, options, onResponse);
    call.on('error', reject);
    call.end();
  });
}

async function askHttp(first: URL, signal: AbortSignal): Promise<number> {
  let url = first;
  for (let followed = 0; ; followed++) {
    const { status, location } = await statusOf(url, signal);
    const isRedirect = [301, 302, 303, 307, 308].includes(status);
    if (!isRedirect || location === undefined || followed === maxRedirects) return status;
    url = new URL(location, url);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return status;
  }
}

/** Whether a connection comes about; an aborted signal rejects. */
function canConnect(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const onAbort = (): void => end(() => reject(new Error('timeout')));
    signal.addEventListener('abort', onAbort);
    socket.once('connect', () => end(() => resolve(true)));
    socket.once('error', () => end(() => resolve(false)));
  });
}

/** Carries out the checks of all tasks of this agent. */
export class Prober {
  readonly #commands: Limiter = createLimiter(maxCommands);
  readonly #connections: Limiter = createLimiter(maxConnections);

  /** Never throws. `addresses` are those of the task; none = this machine's. An aborted signal ends the check. */
  async probe(
    probe: Probe,
    target: { readonly workload: Workload; readonly addresses: readonly string[] },
    options: { timeoutMs: number; signal: AbortSignal },
  ): Promise<Finding> {
    const { timeoutMs, signal } = options;
    try {
      if (probe.type === 'COMMAND') {
        const { exitCode, why } = await this.#commands(
          () => target.workload.execute(probe.command, { timeoutMs, signal }),
          signal,
        );
        return {
          type: 'COMMAND',
          ...(exitCode === undefined ? {} : { exitCode }),
          ...(why === undefined ? {} : { why }),
        };
      }
      const host = hostOf(target.addresses, probe.isIpv6);
      return await this.#connections(async () => {
        const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
        if (probe.type === 'TCP') return { type: 'TCP', succeeded: await canConnect(host, probe.port, within) };
        const authority = `${host.includes(':') ? `[${host}]` : host}:${probe.port}`;
        const url = new URL(`${probe.scheme}://${authority}${probe.path}`);
        return { type: 'HTTP', statusCode: await askHttp(url, within) };
      }, signal);
    } catch (error) {
      return { type: probe.type, why: error instanceof Error ? error.message : String(error) };
    }
  }
}

function hostOf(addresses: readonly string[], isIpv6: boolean): string {
  return (
    addresses.find((address) => address.includes(':') === isIpv6) ?? addresses[0] ?? (isIpv6 ? '::1' : '127.0.0.1')
  );
}
