import type { Test } from 'tap';
import type { HttpClient } from '../../src/common/http-client.js';
import { createHttpClient } from '../../src/common/http-client.js';
import type { Logger } from '../../src/common/logger.js';
import type { KnownMasters } from '../../src/mesos/master-source.js';
import { createMesosCluster } from '../../src/scheduler/adapters/mesos/mesos-cluster.js';
import type { MesosClusterOptions } from '../../src/scheduler/adapters/mesos/mesos-cluster.js';
import type { Cluster, ClusterListener } from '../../src/scheduler/ports/cluster.js';
import type { FakeSchedulerApi } from './fake-scheduler-api.js';
import { startFakeSchedulerApi } from './fake-scheduler-api.js';
import { masterAccess, toldMasters } from './master-access.js';
import { waitFor } from './wait.js';

/** What a cluster's listener was told: the name of the method, and its arguments. */
export type Heard = {
  readonly [K in keyof ClusterListener]: readonly [K, ...Parameters<ClusterListener[K]>];
}[keyof ClusterListener];

/** A connection to Mesos and what it says. */
export interface World {
  readonly cluster: Cluster;
  readonly heard: Heard[];
  readonly log: { readonly fields: object; readonly message: string }[];
  readonly start: (frameworkId?: string) => void;
  /** Of `world` without masters: what ZooKeeper tells. */
  readonly tell: (masters: KnownMasters) => void;
  /** Resolves with the `count`th call of the method. */
  readonly until: (name: Heard[0], count?: number) => Promise<Heard>;
}

/** Connects to masters that are given, or, when none is, to those that `tell` tells of. */
export function world(t: Test, masters: readonly string[], extra: Partial<MesosClusterOptions> = {}): World {
  const http: HttpClient = createHttpClient({ timeoutMs: 5_000 });
  const told = toldMasters(http);
  const heard: Heard[] = [];
  const log: World['log'] = [];
  const say = (fields: object, message: string): void => void log.push({ fields, message });
  const logger: Logger = { debug: say, info: say, warn: say, error: say, child: () => logger };
  const cluster = createMesosCluster({
    masters: masters.length === 0 ? told.access : masterAccess(http, masters),
    forgetCommand: 'ekiden forget-framework --work_dir /srv/ekiden',
    framework: {
      name: 'marathon',
      user: 'root',
      role: 'dev',
      failoverTimeoutSeconds: 604_800,
      hostname: 'h1',
      webuiUrl: 'http://h1:8080',
    },
    reconnect: { initialMs: 10, factor: 2, maxMs: 50 },
    logger,
    clock: Date.now,
    random: Math.random,
    ...extra,
  });
  t.teardown(async () => {
    await cluster.close();
    await http.close();
  });
  return {
    cluster,
    heard,
    log,
    tell: told.tell,
    start: (frameworkId) =>
      cluster.start(frameworkId, {
        registered: (...args) => void heard.push(['registered', ...args]),
        disconnected: () => void heard.push(['disconnected']),
        offers: (...args) => void heard.push(['offers', ...args]),
        rescinded: (...args) => void heard.push(['rescinded', ...args]),
        status: (...args) => void heard.push(['status', ...args]),
        frameworkMessage: (...args) => void heard.push(['frameworkMessage', ...args]),
        refused: (...args) => void heard.push(['refused', ...args]),
      }),
    until: (name, count = 1) =>
      waitFor(`${count} × ${name}`, () => heard.filter(([n]) => n === name)[count - 1], { everyMs: 5 }),
  };
}

/** A master that is stopped at the end of the test. */
export async function fakeMaster(t: Test, port?: number): Promise<FakeSchedulerApi> {
  const master = await startFakeSchedulerApi(port);
  t.teardown(() => master.stop());
  return master;
}
