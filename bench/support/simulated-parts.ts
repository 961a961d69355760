import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test/support/ports.js';
import { waitFor } from '../../test/support/wait.js';
import { startProbed } from './probed-process.js';
import type { ProbedProcess } from './probed-process.js';

/** A scheduler and the cluster that it works with, each the built program in a process of its own, HTTP between them. */
export interface SimulatedParts {
  /** Of the scheduler's API. */
  readonly url: string;
  /** Of the simulated agents. */
  readonly agentsUrl: string;
  readonly cluster: ProbedProcess;
  readonly scheduler: ProbedProcess;
  /** Resolves when the scheduler has nothing to do any more: acknowledgements may be on their way long after what they acknowledge. */
  quiet(): Promise<void>;
  /** Ends the scheduler and starts another one with the same store; resolves when its API answers. */
  restart(flags: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** A process that uses less of a processor than this in such a time does nothing but its own measuring. */
const quietMs = 500;
const quietShare = 0.1;

async function serving(what: string, process: ProbedProcess, url: string): Promise<void> {
  const outcome = await waitFor(what, async () => (process.ended ? 'ended' : (await fetch(url)).ok && 'serving'), {
    withinMs: 60_000,
    everyMs: 50,
  });
  if (outcome === 'ended') throw new Error(`${what} ended\n${process.log}`);
}

/** Starts a cluster of simulated agents with these resources each, and a scheduler with these flags. */
export async function startSimulatedParts(options: {
  readonly agents: number;
  readonly resources: string;
  readonly flags: readonly string[];
}): Promise<SimulatedParts> {
  const workDir = mkdtempSync(join(tmpdir(), 'ekiden-bench-scheduler-'));
  const [clusterPort, agentPort, httpPort] = [await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${httpPort}`;
  const cluster = startProbed([
    'cluster',
    `--work_dir=${workDir}`,
    `--cluster_port=${clusterPort}`,
    `--agent_port=${agentPort}`,
    '--simulate',
    `--agents=${options.agents}`,
    `--resources=${options.resources}`,
  ]);
  let scheduler: ProbedProcess | undefined;
  const startScheduler = async (flags: readonly string[]): Promise<void> => {
    scheduler = startProbed([
      'scheduler',
      `--work_dir=${workDir}`,
      `--master=127.0.0.1:${clusterPort}`,
      `--http_port=${httpPort}`,
      ...flags,
    ]);
    await serving('the scheduler', scheduler, `${url}/ping`);
  };
  const stop = async (): Promise<void> => {
    await scheduler?.stop();
    await cluster.stop();
    rmSync(workDir, { recursive: true, force: true });
  };
  try {
    await serving('the cluster', cluster, `http://127.0.0.1:${clusterPort}/health`);
    await startScheduler(options.flags);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    agentsUrl: `http://127.0.0.1:${agentPort}`,
    cluster,
    get scheduler() {
      if (scheduler === undefined) throw new Error('the scheduler is not running');
      return scheduler;
    },
    async quiet() {
      if (scheduler === undefined) return;
      for (let before = await scheduler.ask(); ;) {
        await new Promise((resolve) => setTimeout(resolve, quietMs));
        const now = await scheduler.ask();
        if (now.cpuMs - before.cpuMs < quietMs * quietShare) return;
        before = now;
      }
    },
    async restart(flags) {
      await scheduler?.stop();
      await startScheduler(flags);
    },
    stop,
  };
}
