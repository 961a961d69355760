import { table } from '../support/report.js';
import { CoreWorld } from '../support/core-world.js';
import { percentile } from '../support/statistics.js';

const offersPerTurn = 500;

/** Processor time of the main thread's work, in µs: the median of `times` runs. */
function microsOf(times: number, act: () => void): number {
  const took = Array.from({ length: times }, () => {
    const { user, system } = process.cpuUsage();
    const sinceMs = performance.now();
    act();
    const wallMicros = (performance.now() - sinceMs) * 1000;
    const cpu = process.cpuUsage();
    // Other threads (garbage) may make the processor time the longer one, other processes the wall time
    return Math.min(wallMicros, cpu.user - user + cpu.system - system || wallMicros);
  });
  return percentile(
    took.sort((a, b) => a - b),
    0.5,
  );
}

type Row = ReturnType<typeof table>;

/** Prints a line for each size, with its ratio to the first. */
function growth(
  row: Row,
  sizes: readonly number[],
  measure: (size: number) => readonly [name: string, micros: number],
): void {
  let first: number | undefined;
  for (const size of sizes) {
    const [name, micros] = measure(size);
    first ??= micros;
    row(name, size, micros, micros / first);
  }
}

/** The core alone, without store, HTTP and catalog: whether a turn costs what it touches, not what is there. */
export function measureCore(): void {
  // The program is warm when it is measured
  for (let i = 0; i < 3; i++) {
    const world = new CoreWorld();
    world.deploy('/warm', 1000);
    for (let n = 0; n < 200; n++) world.loseAndFind('/warm');
    world.waitInVain(100);
    world.offer(offersPerTurn);
  }
  const row = table('The core alone', [
    ['size', 9],
    ['µs', 10],
    ['ratio', 8],
  ]);
  const sizes = [200, 2000, 20_000];
  growth(row, sizes, (instances) => {
    const world = new CoreWorld();
    world.deploy('/large', instances);
    return ['status update, the app has all instances', microsOf(201, () => world.loseAndFind('/large')) / 2];
  });
  growth(row, sizes, (instances) => {
    const world = new CoreWorld();
    world.deploy('/small', 1);
    for (let i = 0; i < instances / 10; i++) world.deploy(`/other-${i}`, 10);
    return ['status update, apps with 10 instances each', microsOf(201, () => world.loseAndFind('/small')) / 2];
  });
  growth(row, sizes, (instances) => {
    const world = new CoreWorld();
    world.deploy('/large', instances);
    return ['an instance is killed and replaced, as above', microsOf(51, () => world.replaceOne('/large'))];
  });
  growth(row, [10, 100, 1000], (apps) => {
    const world = new CoreWorld();
    world.waitInVain(apps);
    return [
      `pair of an offer and an app that cannot be launched`,
      microsOf(11, () => world.offer(offersPerTurn)) / (apps * offersPerTurn),
    ];
  });
  growth(row, [10, 100, 1000, 10_000], (instances) => [
    'each instance of a deployment of one app',
    microsOf(instances > 1000 ? 1 : 5, () => new CoreWorld().deploy('/app', instances)) / instances,
  ]);
  growth(row, [10, 100, 1000, 10_000], (instances) => [
    'the same, in apps with 10 instances each',
    microsOf(instances > 1000 ? 1 : 5, () => new CoreWorld().deployMany(instances / 10, 10)) / instances,
  ]);
}
