import { waitFor } from '../../test/support/wait.js';
import type { BenchCluster } from './cluster.js';
import { latencyAt, latencyTable } from './latency.js';
import type { Latency } from './latency.js';
import type { QueryKind } from './queries.js';
import type { RoleServer } from './servers.js';

const rate = 1_000;

interface Status {
  readonly serial: number;
  readonly lastChangeAt: string | null;
}

async function statusOf(role: RoleServer): Promise<Status> {
  return (await (await fetch(`${role.http}/ekiden/v1/status`)).json()) as Status;
}

/** All tasks have other addresses, and the whole state is told anew; resolves when the zone follows. */
async function reload(cluster: BenchCluster, role: RoleServer): Promise<void> {
  const { serial } = await statusOf(role);
  cluster.moveAll();
  cluster.master.disconnect();
  await waitFor('the reload', async () => (await statusOf(role)).serial !== serial, { withinMs: 60_000 });
}

/** The longest that a client waits while the addresses of all tasks change at once, next to the same without. */
export async function measureReload(
  clusters: BenchCluster,
  roles: readonly RoleServer[],
  kind: QueryKind,
  options: { readonly seconds: number; readonly runs: number; readonly cores: string },
): Promise<void> {
  const print = latencyTable(`${clusters.tasks} tasks reloaded, at ${rate} queries a second`);
  const seconds = Math.max(4, options.seconds);
  for (const role of roles) {
    const quiet: Latency[] = [];
    const busy: Latency[] = [];
    for (let run = 0; run < options.runs; run++) {
      quiet.push(await latencyAt(rate, role.port, kind.file, { ...options, seconds }));
      const [latency] = await Promise.all([
        latencyAt(rate, role.port, kind.file, { ...options, seconds }),
        new Promise((resolve) => setTimeout(resolve, 500)).then(() => reload(clusters, role)),
      ]);
      busy.push(latency);
    }
    print(`${role.name}: nothing changes`, quiet);
    print(`${role.name}: reload`, busy);
  }
}
