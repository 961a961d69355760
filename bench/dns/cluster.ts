import { startFakeMaster } from '../../test/support/fake-operator-master.js';
import type { FakeMaster } from '../../test/support/fake-operator-master.js';

const agents = 100;
const instances = 2;
/** Targets of the wide service. */
export const wideInstances = 30;

/** A played cluster, as Marathon makes one: tasks with a name of two parts, an address, and two named ports. */
export interface BenchCluster {
  readonly master: FakeMaster;
  readonly tasks: number;
  /** Lets all tasks but the wide app's have other addresses, without telling: who asks for the whole state sees it. */
  moveAll(): void;
}

function address(index: number, generation: number): string {
  return `10.${64 + (generation % 64)}.${(index >> 8) & 255}.${index & 255}`;
}

/** The instances of one app; the index of the first one is `first`. */
function addApp(master: FakeMaster, app: string, first: number, count: number, generation: number): void {
  for (let i = 0; i < count; i++) {
    const index = first + i;
    const port = 31_000 + (index % 500) * 2;
    master.addTask({
      id: `${app}_shop.${index}`,
      name: `${app}.shop`,
      agentId: `b-S${index % agents}`,
      ip: address(index, generation),
      ports: [port, port + 1],
      discovery: {
        visibility: 'FRAMEWORK',
        name: `${app}.shop`,
        ports: {
          ports: [
            { number: port, name: 'http', protocol: 'tcp' },
            { number: port + 1, name: 'metrics', protocol: 'tcp' },
          ],
        },
      },
    });
  }
}

/** Starts a master of `tasks` tasks, two of each app, and one more app with 30. */
export async function startBenchCluster(tasks: number): Promise<BenchCluster> {
  const master = await startFakeMaster();
  // As often as it says it does: a zone whose master is silent is answered for as one that is old
  setInterval(() => master.beat(), master.heartbeatSeconds * 1000).unref();
  for (let i = 0; i < agents; i++) master.addAgent(`b-S${i}`, `10.0.0.${i + 1}`);
  master.addFramework('F1', 'marathon', '10.0.1.1');
  addApp(master, 'wide', tasks, wideInstances, 0);
  let generation = 0;
  const addApps = (): void => {
    for (let first = 0; first < tasks; first += instances) {
      addApp(master, `app${first / instances}`, first, instances, generation);
    }
  };
  addApps();
  return {
    master,
    tasks,
    moveAll() {
      generation++;
      master.silently(addApps);
    },
  };
}

/** Names that are asked for, at most so many of each kind. */
const maxNames = 20_000;

/** Always the same order, which is no order. */
function scattered<T>(items: readonly T[]): T[] {
  const result = [...items];
  let state = 1;
  for (let i = result.length - 1; i > 0; i--) {
    state = (state * 48_271) % 0x7fff_ffff;
    const j = state % (i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** Kinds of queries, as lines `name type` in no order. `canonicalNames` are those of the single tasks (`app1-shop-abcde-s1.marathon.mesos`). */
export function queryKinds(
  tasks: number,
  canonicalNames: readonly string[],
): Record<'a' | 'srv' | 'wide' | 'nx', string[]> {
  const apps = Array.from({ length: Math.ceil(tasks / instances) }, (_, i) => `app${i}-shop`);
  return {
    a: scattered(canonicalNames)
      .slice(0, maxNames)
      .map((name) => `${name} A`),
    srv: scattered(apps).map((app) => `_http._${app}._tcp.marathon.mesos SRV`),
    wide: ['_http._wide-shop._tcp.marathon.mesos SRV'],
    nx: scattered(apps).map((app) => `no-${app}.marathon.mesos A`),
  };
}
