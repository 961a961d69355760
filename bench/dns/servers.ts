import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '../../test/support/ports.js';
import { waitFor } from '../../test/support/wait.js';
import { ask } from './udp-client.js';
import { processorNs, residentMb, treeOf } from './process-tree.js';
import type { ZoneDocument } from './zone-file.js';
import { zoneFile } from './zone-file.js';

/** A name server, or what is measured beside it, in processes of its own. */
export interface MeasuredServer {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** Time on a processor of all its processes so far, in nanoseconds. */
  processorNs(): number;
  /** Memory in use of each of its processes in MB, the first one is the one that was started. */
  residentMb(): number[];
  stop(): Promise<void>;
}

/** How a server is started. */
export interface Placement {
  /** Directory for its files. */
  readonly directory: string;
  /** Processors that it may run on, as `taskset -c` takes them. */
  readonly cores: string;
}

/** Names of what is measured beside ours. */
export const nsdName = 'nsd';
export const bareName = 'bare node:dgram';

const maxLogChars = 8_000;
/** A signal that was not obeyed for so long is followed by SIGKILL. */
const stopLimitMs = 10_000;
const startLimitMs = 120_000;

/** Starts a program and waits until `serves`; its output is shown when that does not come true. */
async function startServer(
  name: string,
  port: number,
  cores: string,
  command: readonly string[],
  serves: () => Promise<boolean>,
): Promise<MeasuredServer> {
  const child = spawn('taskset', ['-c', cores, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-maxLogChars)));
  }
  const exit = once(child, 'exit');
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  // taskset becomes the program that it starts
  const pid = child.pid ?? 0;
  const server: MeasuredServer = {
    name,
    port,
    pid,
    processorNs: () => processorNs(treeOf(pid)),
    residentMb: () => treeOf(pid).map(residentMb),
    async stop() {
      if (hasEnded()) return;
      child.kill('SIGTERM');
      const limit = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
      await exit;
      clearTimeout(limit);
    },
  };
  try {
    await waitFor(
      `${name} to serve`,
      async () => {
        if (hasEnded()) throw new Error('it has ended');
        return serves();
      },
      { withinMs: startLimitMs, everyMs: 100 },
    );
  } catch (error) {
    await server.stop();
    throw new Error(`${String(error)}\n${log}`, { cause: error });
  }
  return server;
}

/** Whether the server answers with an address for this name. */
async function resolves(port: number, name: string): Promise<boolean> {
  return ((await ask(port, name, 'A', 1_000))?.answers ?? 0) > 0;
}

/** `ekiden dns` as users start it. */
export interface RoleServer extends MeasuredServer {
  /** `http://127.0.0.1:port` */
  readonly http: string;
  zone(): Promise<ZoneDocument>;
}

/** Is in every cluster of the benchmark, and fits into any answer. */
const knownName = 'app0-shop.marathon.mesos';

export async function startRole(
  { directory, cores }: Placement,
  master: string,
  { workers, flags = [] }: { readonly workers: number; readonly flags?: readonly string[] },
): Promise<RoleServer> {
  const port = await freePort();
  const httpPort = await freePort();
  const http = `http://127.0.0.1:${httpPort}`;
  const command = [
    ...[process.execPath, resolve('bin/ekiden'), 'dns', `--master=${master}`, `--dns_workers=${workers}`],
    ...[`--dns_port=${port}`, `--dns_http_port=${httpPort}`, '--host=127.0.0.1'],
    ...[`--work_dir=${join(directory, `role-${port}`)}`, '--log_format=json', ...flags],
  ];
  const server = await startServer(`ekiden dns, ${workers} workers`, port, cores, command, () =>
    resolves(port, knownName),
  );
  const zone = async (): Promise<ZoneDocument> => (await (await fetch(`${http}/v1/axfr`)).json()) as ZoneDocument;
  return { ...server, http, zone };
}

/** Mesos-DNS, or ours in exact mode (`bin/mesos-dns`), with the same configuration. */
export async function startMesosDns(
  name: string,
  { directory, cores }: Placement,
  master: string,
  program: readonly string[],
): Promise<MeasuredServer> {
  const port = await freePort();
  const configPath = join(directory, `mesos-dns-${port}.json`);
  const config = {
    masters: [master],
    refreshSeconds: 3_600,
    listener: '127.0.0.1',
    httplistener: '127.0.0.1',
    port,
    httpport: await freePort(),
    externalon: false,
  };
  writeFileSync(configPath, JSON.stringify(config));
  return startServer(name, port, cores, [...program, `-config=${configPath}`], () => resolves(port, knownName));
}

/** NSD with the same zone, one process that answers, without its rate limit. */
export async function startNsd({ directory, cores }: Placement, zone: ZoneDocument): Promise<MeasuredServer> {
  const port = await freePort();
  const own = join(directory, `nsd-${port}`);
  mkdirSync(own);
  writeFileSync(join(own, 'zone'), zoneFile(zone));
  const server = {
    'ip-address': `127.0.0.1@${port}`,
    'server-count': 1,
    'rrl-ratelimit': 0,
    username: '""',
    chroot: '""',
    zonesdir: `"${own}"`,
    database: '""',
    pidfile: `"${join(own, 'pid')}"`,
    xfrdfile: `"${join(own, 'xfrd')}"`,
    zonelistfile: `"${join(own, 'zones')}"`,
    xfrdir: `"${own}"`,
  };
  const text = [
    'server:',
    ...Object.entries(server).map(([key, value]) => `  ${key}: ${value}`),
    'remote-control:',
    '  control-enable: no',
    'zone:',
    `  name: ${zone.Domain}`,
    '  zonefile: zone',
  ].join('\n');
  writeFileSync(join(own, 'nsd.conf'), `${text}\n`);
  return startServer(nsdName, port, cores, ['nsd', '-d', '-c', join(own, 'nsd.conf')], () => resolves(port, knownName));
}

/** A bare node:dgram server that sends back what it gets: what the socket alone costs. */
export async function startEcho({ cores }: Placement): Promise<MeasuredServer> {
  const port = await freePort();
  const program = new URL('echo-process.js', import.meta.url).pathname;
  return startServer(bareName, port, cores, [process.execPath, program, `${port}`], () =>
    ask(port, knownName, 'A', 1_000).then((reply) => reply !== undefined),
  );
}
