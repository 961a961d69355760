import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startBenchCluster, queryKinds } from './dns/cluster.js';
import type { BenchCluster } from './dns/cluster.js';
import { isInstalled } from './dns/dnsperf.js';
import { measureEvents } from './dns/events.js';
import { expectations } from './dns/expectations.js';
import { measureFuzz } from './dns/fuzz.js';
import { measureLatencies } from './dns/latency.js';
import { measureQueries, queryFiles } from './dns/queries.js';
import type { QueryKind } from './dns/queries.js';
import { measureReload } from './dns/reload.js';
import { nsdName, startEcho, startMesosDns, startNsd, startRole } from './dns/servers.js';
import type { MeasuredServer, Placement, RoleServer } from './dns/servers.js';
import { measureWorkers } from './dns/workers.js';
import { table } from './support/report.js';

const sizes = [10, 1_000, 10_000];
const runs = 3;
const fixedRate = 4_000;
const events = 300;
const fuzzPackets = 1_000_000;
const parts = ['queries', 'latency', 'workers', 'memory', 'reload', 'events', 'fuzz'] as const;
type Part = (typeof parts)[number];

/** Everything that is there for one size of the cluster. */
interface Site {
  readonly cluster: BenchCluster;
  readonly placement: Placement;
  /** Answers itself, without workers. */
  readonly role: RoleServer;
  readonly kinds: readonly QueryKind[];
  /** Starts one more server, which is stopped with the others. */
  add<T extends MeasuredServer>(starting: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

async function openSite(tasks: number, cores: string): Promise<Site> {
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-bench-dns-'));
  const placement = { directory, cores };
  const cluster = await startBenchCluster(tasks);
  const servers: MeasuredServer[] = [];
  async function add<T extends MeasuredServer>(starting: Promise<T>): Promise<T> {
    const server = await starting;
    servers.push(server);
    return server;
  }
  async function close(): Promise<void> {
    for (const server of servers) await server.stop();
    await cluster.master.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  try {
    const role = await add(startRole(placement, cluster.master.authority, { workers: 0 }));
    const { Records } = await role.zone();
    const canonical = Object.keys(Records.As ?? {}).filter((name) =>
      /^app\d+-shop-\w{5}-s\d+\.marathon\.mesos\.$/.test(name),
    );
    return { cluster, placement, role, kinds: queryFiles(directory, queryKinds(tasks, canonical)), add, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The name server under load, next to NSD, to Mesos-DNS (`MESOS_DNS=path of its binary`) and to a bare socket of Node; its master is
 * played by this process. What is measured runs on one processor, everything else on another one. Arguments: seconds of one run of
 * dnsperf, and parts.
 */
export async function measureDns(args: readonly string[]): Promise<void> {
  const seconds = Number(args.find((arg) => /^\d+(\.\d+)?$/.test(arg)) ?? 3);
  const named = args.filter((arg): arg is Part => (parts as readonly string[]).includes(arg));
  const wanted = new Set<Part>(named.length === 0 ? parts : named);
  if (!(await isInstalled('dnsperf', '-h')) || !(await isInstalled('taskset', '-V'))) {
    console.log('skipped: dnsperf and taskset are needed (Debian: dnsperf, util-linux)');
    return;
  }
  const cores = availableParallelism();
  const serverCores = '0';
  const loadCores = cores > 1 ? '1' : '0';
  // The master is played here: it must not take the server's processor
  spawnSync('taskset', ['-apc', loadCores, `${process.pid}`]);
  const load = { seconds, runs, cores: loadCores };
  const expected = expectations();
  const haveNsd = await isInstalled('nsd', '-v');
  if (!haveNsd) console.log('nsd is not installed: no comparison with it');
  console.log(`${cores} processors; medians of ${runs} runs of ${seconds} s; no EDNS unless said`);

  if (wanted.has('queries')) {
    const flat = new Map<string, number[]>();
    for (const tasks of sizes) {
      const site = await openSite(tasks, serverCores);
      try {
        const { role, placement, cluster } = site;
        const servers: MeasuredServer[] = [await site.add(startEcho(placement)), role];
        const exactly = [process.execPath, resolve('bin/mesos-dns')];
        servers.push(
          await site.add(startMesosDns('bin/mesos-dns, exact', placement, cluster.master.authority, exactly)),
        );
        const original = process.env['MESOS_DNS'];
        if (original !== undefined) {
          servers.push(
            await site.add(startMesosDns('mesos-dns', placement, cluster.master.authority, [resolve(original)])),
          );
        }
        if (haveNsd) servers.push(await site.add(startNsd(placement, await role.zone())));
        const micros = await measureQueries(`${tasks} tasks`, servers, site.kinds, load);
        for (const { key, name, limitMicros } of site.kinds) {
          const value = micros.get(`${role.name} ${key}`) ?? Number.NaN;
          expected.atMost(`${tasks} tasks, ${name}, µs of processor time`, value, limitMicros, ' µs');
          flat.set(name, [...(flat.get(name) ?? []), value]);
        }
      } finally {
        await site.close();
      }
    }
    for (const [name, values] of flat) {
      const ratio = (values.at(-1) ?? Number.NaN) / (values[0] ?? Number.NaN);
      expected.atMost(`${name}: ${sizes.at(-1)} tasks to ${sizes[0]}`, ratio, 1.25, ', that is flat');
    }
  }

  if ([...wanted].some((part) => part !== 'queries' && part !== 'fuzz')) {
    const site = await openSite(sizes.at(-1) ?? 0, serverCores);
    try {
      const { role, placement, cluster, kinds } = site;
      const some = kinds.filter(({ key }) => key === 'a' || key === 'srv');
      const [one] = some as [QueryKind];
      if (wanted.has('latency')) {
        const nsd = haveNsd ? [await site.add(startNsd(placement, await role.zone()))] : [];
        // As it is by default: what answers does nothing else
        const usual = await site.add(startRole(placement, cluster.master.authority, { workers: 1 }));
        const p99 = await measureLatencies(fixedRate, [...nsd, usual, role], some, load);
        for (const { key, name } of some) {
          const ratio = (p99.get(`${usual.name} ${key}`) ?? Number.NaN) / (p99.get(`${nsdName} ${key}`) ?? Number.NaN);
          expected.atMost(`${name}: p99 at ${fixedRate} queries a second to nsd's`, ratio, 2, ' times');
        }
        for (const server of [...nsd, usual]) await server.stop();
      }
      const authority = cluster.master.authority;
      const anywhere = { ...placement, cores: `0-${cores - 1}` };
      const withWorkers: RoleServer[] = [];
      if (wanted.has('workers') || wanted.has('memory') || wanted.has('reload') || wanted.has('events')) {
        for (const workers of [1, 2]) withWorkers.push(await site.add(startRole(anywhere, authority, { workers })));
      }
      if (wanted.has('workers')) {
        const rest = cores >= 4 ? `2-${cores - 1}` : `0-${cores - 1}`;
        const ratios = await measureWorkers(withWorkers, some, { ...load, cores: rest });
        if (cores >= 4) {
          for (const ratio of ratios) expected.atLeast('answers a second of two workers to one', ratio, 1.7, ' times');
        }
      }
      if (wanted.has('memory')) {
        const print = table(`Memory, ${cluster.tasks} tasks`, [['MB', 8]]);
        for (const server of [role, ...withWorkers]) {
          const workers = server !== role;
          for (const [index, mb] of server.residentMb().entries()) {
            const who = workers ? (index === 0 ? 'the role' : `worker ${index}`) : 'the role, which answers itself';
            print(`${server.name}: ${who}`, mb);
            expected.atMost(`${server.name}: ${who}, MB`, mb, 250, ' MB');
          }
        }
      }
      if (wanted.has('events')) await measureEvents(cluster, [role, ...withWorkers], events);
      if (wanted.has('reload')) await measureReload(cluster, [role, ...withWorkers], one, load);
    } finally {
      await site.close();
    }
  }
  if (wanted.has('fuzz')) await measureFuzz(fuzzPackets, { cores: serverCores, expected });
  expected.print();
}
