import { openEventStream } from '../support/event-stream.js';
import type { EventStream } from '../support/event-stream.js';
import type { Child } from '../support/child.js';
import { askJson, load } from '../support/load.js';
import { table } from '../support/report.js';
import { startSimulatedParts } from '../support/simulated-parts.js';
import type { SimulatedParts } from '../support/simulated-parts.js';
import { putJson } from '../api/fleet.js';
import { agentResources, generous, serviceOf, usual } from './workload.js';

const agents = 500;
/** Connections for acknowledgements, as many as the scheduler uses. */
const acknowledging = 4;
/** TASK_STARTING and TASK_RUNNING: an acknowledgement each. */
const updatesPerLaunch = 2;

/** How many launches in a second the acknowledgements alone would let through, with a server that knows nothing. */
async function launchBound(peer: Child): Promise<number> {
  const body = JSON.stringify({
    type: 'ACKNOWLEDGE',
    acknowledge: { agent_id: { value: 'S'.repeat(40) }, task_id: { value: 't'.repeat(60) }, uuid: 'u'.repeat(24) },
  });
  const { perSecond } = await load(peer.url, acknowledging, { ms: 2000 }, () => ({
    method: 'POST',
    path: '/json',
    body,
  }));
  return perSecond / updatesPerLaunch;
}

/** Puts a group and waits until all of its instances run. Returns how long that took. */
export async function deployGroup(parts: SimulatedParts, events: EventStream, group: object): Promise<number> {
  const sinceMs = performance.now();
  const { deploymentId } = await askJson<{ deploymentId: string }>(parts.url, putJson('/v2/groups', group));
  await events.deployed(deploymentId);
  return performance.now() - sinceMs;
}

/** From a request until everything that it wants runs: one app with many instances, many apps with ten. */
export async function measureLaunching(peer: Child): Promise<void> {
  const bound = await launchBound(peer);
  const row = table('Launching, until everything runs (500 agents)', [
    ['instances', 11],
    ['s', 8],
    ['per s', 8],
    ['bound', 8],
    ['ratio', 7],
    ['µs each', 9],
    ['Mesos µs', 10],
    ['block ms', 10],
    ['on CPU', 8],
    ['GC ms', 7],
  ]);
  for (const { name, flags, largest } of [
    { name: 'usual options', flags: usual, largest: 10_000 },
    { name: 'room to launch', flags: generous, largest: 10_000 },
  ]) {
    const parts = await startSimulatedParts({ agents, resources: agentResources, flags });
    const events = await openEventStream(parts.url, { updates: false });
    try {
      const measure = async (what: string, apps: number, instances: number): Promise<void> => {
        const total = apps * instances;
        if (total > largest) return;
        const group = {
          id: '/',
          groups: [
            {
              id: '/launched',
              apps: Array.from({ length: apps }, (_, i) => serviceOf(`/launched/app-${i}`, instances)),
            },
          ],
        };
        await parts.quiet();
        const before = await parts.scheduler.ask(true);
        const clusterBefore = await parts.cluster.ask(true);
        const tookMs = await deployGroup(parts, events, group);
        const after = await parts.scheduler.ask();
        const clusterAfter = await parts.cluster.ask();
        const perSecond = (total * 1000) / tookMs;
        row(
          `${name}: ${what}`,
          total,
          tookMs / 1000,
          perSecond,
          bound,
          perSecond / bound,
          ((after.cpuMs - before.cpuMs) * 1000) / total,
          ((clusterAfter.cpuMs - clusterBefore.cpuMs) * 1000) / total,
          after.blockMs,
          after.blockCpuMs,
          after.collectionMs,
        );
        await deployGroup(parts, events, { id: '/', groups: [] });
      };
      // The program is warm when it is measured
      await deployGroup(parts, events, { id: '/', apps: [serviceOf('/warm', 100)] });
      await deployGroup(parts, events, { id: '/', apps: [] });
      for (const instances of [5, 50, 500, 5000]) await measure('one app', 1, instances);
      for (const apps of [10, 100, 1000]) await measure(`${apps} apps × 10`, apps, 10);
    } finally {
      events.close();
      await parts.stop();
    }
  }
}
