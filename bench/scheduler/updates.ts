import { waitFor } from '../../test/support/wait.js';
import { openEventStream } from '../support/event-stream.js';
import type { EventStream } from '../support/event-stream.js';
import { askJson } from '../support/load.js';
import { table } from '../support/report.js';
import { startSimulatedParts } from '../support/simulated-parts.js';
import type { SimulatedParts } from '../support/simulated-parts.js';
import type { ProbeAnswer } from '../support/probed-process.js';
import { deployGroup } from './launching.js';
import { generous, serviceOf } from './workload.js';

/**
 * Agent 1 has room for one instance of the large app, agent 2 for two, those from 40 on for 40. Their offers come in this order, so agent 1
 * always runs a single instance of it. The small app runs alone on the last agent.
 */
const agents = 531;
const largeAgent = 1;
const smallAgent = agents - 1;
const resources = 'cpus:{n}.5;mem:2560;disk:100000;ports:[31000-32000]';
const large = { cpus: 1, mem: 64 };
const small = { cpus: 1, mem: 2560, constraints: [['hostname', 'CLUSTER', `agent-${smallAgent}`]] };
const rounds = 5;
const flips = 40;

/**
 * The agent goes and comes back, again and again: two status updates of one instance each time. `micros` is the processor time of one, in
 * the best of some rounds: what others do on the machine only adds to it.
 */
async function flip(
  parts: SimulatedParts,
  events: EventStream,
  agent: number,
): Promise<ProbeAnswer & { micros: number }> {
  let heard = events.updates;
  const act = async (action: string): Promise<void> => {
    const response = await fetch(`${parts.agentsUrl}/simulate/agents/${agent}/${action}`, { method: 'POST' });
    if (!response.ok) throw new Error(`agent ${agent} ${action}: ${response.status}`);
    heard++;
    await waitFor('the status update', () => events.updates >= heard, { everyMs: 2 });
  };
  const answers: (ProbeAnswer & { micros: number })[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = await parts.scheduler.ask();
    for (let i = 0; i < flips; i++) {
      await act('unreachable');
      await act('back');
    }
    const after = await parts.scheduler.ask();
    answers.push({ ...after, micros: ((after.cpuMs - before.cpuMs) * 1000) / (2 * flips) });
  }
  const worst = (of: 'blockMs' | 'blockCpuMs' | 'collectionMs'): number => Math.max(...answers.map((a) => a[of]));
  const best = answers.reduce((a, b) => (b.micros < a.micros ? b : a));
  return { ...best, blockMs: worst('blockMs'), blockCpuMs: worst('blockCpuMs'), collectionMs: worst('collectionMs') };
}

/** Status updates from Mesos so far. */
async function statusUpdates(parts: SimulatedParts): Promise<number> {
  const { counters } = await askJson<{ counters: Readonly<Record<string, { readonly count: number }>> }>(parts.url, {
    method: 'GET',
    path: '/metrics',
  });
  return counters['marathon.mesos.task-updates.task-running.counter']?.count ?? 0;
}

/** What one status update costs while a few, many and very many instances run; their memory; their reconciliation. */
export async function measureUpdates(): Promise<void> {
  const parts = await startSimulatedParts({ agents, resources, flags: generous });
  const events = await openEventStream(parts.url, { updates: true });
  const row = table('One status update, one app with all instances', [
    ['instances', 11],
    ['small µs', 10],
    ['ratio', 7],
    ['large µs', 10],
    ['ratio', 7],
    ['heap KB', 9],
    ['block ms', 10],
    ['on CPU', 8],
    ['GC ms', 7],
  ]);
  try {
    const groupWith = (instances: number): object => ({
      id: '/',
      apps: [serviceOf('/small', 1, small), ...(instances === 0 ? [] : [serviceOf('/large', instances, large)])],
    });
    await deployGroup(parts, events, groupWith(0));
    await flip(parts, events, smallAgent);
    const { heapBytes: empty } = await parts.scheduler.ask(true);
    let first: { readonly small: number; readonly large: number } | undefined;
    for (const instances of [200, 2000, 20_000]) {
      await deployGroup(parts, events, groupWith(instances));
      const launched = await parts.scheduler.ask();
      const { heapBytes } = await parts.scheduler.ask(true);
      // The collector, too, has something left to do after that
      await parts.quiet();
      const ofSmall = await flip(parts, events, smallAgent);
      const ofLarge = await flip(parts, events, largeAgent);
      const now = { small: ofSmall.micros, large: ofLarge.micros };
      first ??= now;
      const worst = (of: 'blockMs' | 'blockCpuMs' | 'collectionMs'): number =>
        Math.max(launched[of], ofSmall[of], ofLarge[of]);
      row(
        `${2 * flips} updates of an app with 1, of the app with all`,
        instances,
        now.small,
        now.small / first.small,
        now.large,
        now.large / first.large,
        (heapBytes - empty) / 1024 / instances,
        worst('blockMs'),
        worst('blockCpuMs'),
        worst('collectionMs'),
      );
    }
    await measureReconciliation(parts);
  } finally {
    events.close();
    await parts.stop();
  }
}

/** Another scheduler takes over: it loads all, and asks Mesos for the state of every task, at once and after some seconds again. */
async function measureReconciliation(parts: SimulatedParts): Promise<void> {
  const { tasks } = await askJson<{ tasks: readonly object[] }>(parts.url, { method: 'GET', path: '/v2/tasks' });
  const instances = tasks.length;
  const sinceMs = performance.now();
  await parts.restart([...generous, '--reconciliation_initial_delay=8000']);
  const servingMs = performance.now() - sinceMs;
  const atStart = await parts.scheduler.ask();
  const row = table('A scheduler takes over', [
    ['instances', 11],
    ['s', 8],
    ['updates', 9],
    ['µs each', 9],
    ['block ms', 10],
    ['on CPU', 8],
    ['GC ms', 7],
  ]);
  row(
    'until its API answers',
    instances,
    servingMs / 1000,
    0,
    Number.NaN,
    atStart.blockMs,
    atStart.blockCpuMs,
    atStart.collectionMs,
  );
  let before = atStart;
  let known = 0;
  // Each task is asked for by its id, and all tasks are asked for
  for (const what of ['reconciliation after the subscription', 'reconciliation later']) {
    const startedMs = performance.now();
    let beganMs = 0;
    await waitFor(
      what,
      async () => {
        const count = await statusUpdates(parts);
        if (beganMs === 0 && count > known) beganMs = performance.now();
        return count >= known + 2 * instances;
      },
      { withinMs: 120_000, everyMs: 100 },
    );
    const after = await parts.scheduler.ask();
    const updates = 2 * instances;
    row(
      what,
      instances,
      (performance.now() - (beganMs || startedMs)) / 1000,
      updates,
      ((after.cpuMs - before.cpuMs) * 1000) / updates,
      after.blockMs,
      after.blockCpuMs,
      after.collectionMs,
    );
    known += updates;
    before = after;
  }
}
