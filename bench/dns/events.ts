import { percentile } from '../support/statistics.js';
import { table } from '../support/report.js';
import type { BenchCluster } from './cluster.js';
import type { RoleServer } from './servers.js';
import { udpClient } from './udp-client.js';

const giveUpMs = 20_000;

/** From an event of the master until the first answer that shows it, asked without a pause. Milliseconds; returns p99 by role. */
export async function measureEvents(
  { master, tasks }: BenchCluster,
  roles: readonly RoleServer[],
  events: number,
): Promise<Map<string, number>> {
  const print = table(`Event → answer, ${tasks} tasks`, [
    ['n', 8],
    ['p50 ms', 10],
    ['p99 ms', 10],
    ['max ms', 10],
  ]);
  const p99 = new Map<string, number>();
  for (const role of roles) {
    const client = udpClient(role.port);
    const taken: number[] = [];
    for (let i = 0; i < events; i++) {
      const app = `late${role.port}-${i}`;
      const started = performance.now();
      master.addTask({ id: `${app}.1`, name: app, agentId: 'b-S1', ip: '10.0.2.1', ports: [31_000] });
      while (((await client.ask(`${app}.marathon.mesos`, 'A', 1_000))?.answers ?? 0) === 0) {
        if (performance.now() - started > giveUpMs) throw new Error(`${role.name} never answered for ${app}`);
      }
      taken.push(performance.now() - started);
      master.updateTask(`${app}.1`, 'TASK_KILLED');
    }
    client.close();
    taken.sort((a, b) => a - b);
    p99.set(role.name, percentile(taken, 0.99));
    print(role.name, taken.length, percentile(taken, 0.5), percentile(taken, 0.99), taken.at(-1) ?? Number.NaN);
  }
  return p99;
}
