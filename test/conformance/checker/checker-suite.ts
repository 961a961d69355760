import type { Test } from 'tap';
import type { HealthResult } from '../../../src/scheduler/core/inputs.js';
import type { CheckedTask, Checker } from '../../../src/scheduler/ports/checker.js';
import { healthCheck } from '../../support/health-check.js';
import { waitFor } from '../../support/wait.js';

/** What the suite needs beside the checker. */
export interface CheckerWorld {
  readonly checker: Checker;
  /** A task address that checks succeed at while `setHealthy(true)`, which holds at first. */
  readonly host: string;
  readonly port: number;
  setHealthy(healthy: boolean): void;
  /** Lets checks run, where they do not by themselves. */
  run(): void;
}

const often = { intervalSeconds: 0.05, timeoutSeconds: 5 };

/** What every Checker promises (src/scheduler/ports/checker.ts). */
export function checkerSuite(t: Test, open: (t: Test) => Promise<CheckerWorld>): void {
  async function setUp(
    t: Test,
  ): Promise<CheckerWorld & { results: HealthResult[]; more: () => Promise<HealthResult> }> {
    const world = await open(t);
    const results: HealthResult[] = [];
    world.checker.onResult((result) => results.push(result));
    t.teardown(() => world.checker.close());
    return {
      ...world,
      results,
      more: () => {
        const seen = results.length;
        return waitFor(
          'a result',
          () => {
            world.run();
            return results.at(-1) !== undefined && results.length > seen ? results.at(-1) : undefined;
          },
          { everyMs: 5 },
        );
      },
    };
  }

  const taskOf = (world: CheckerWorld, taskId: string): CheckedTask => ({
    taskId,
    host: world.host,
    ports: [1, world.port],
    healthChecks: [
      healthCheck({ protocol: 'MESOS_HTTP', portIndex: 1, ...often }),
      healthCheck({ protocol: 'HTTP', path: '/', portIndex: 1, ...often }),
      healthCheck({ protocol: 'COMMAND', command: { value: 'true' }, ...often }),
    ],
  });

  t.test('healthy, unhealthy with a cause, healthy again; only Marathon-level checks, by their index', async (t) => {
    const world = await setUp(t);
    world.checker.check(taskOf(world, 't1'));
    t.same(await world.more(), { taskId: 't1', checkIndex: 1, result: 'healthy' });
    world.setHealthy(false);
    const bad = await waitFor('a failure', async () => {
      const result = await world.more();
      return result.result === 'unhealthy' && result;
    });
    t.match(bad, { taskId: 't1', checkIndex: 1, cause: /./ });
    world.setHealthy(true);
    await waitFor('health', async () => (await world.more()).result === 'healthy');
    t.same([...new Set(world.results.map(({ checkIndex }) => checkIndex))], [1]);
  });

  t.test('a forgotten task gives no results any more; unknown ids are ignored', async (t) => {
    const world = await setUp(t);
    world.checker.forget('never-seen');
    world.checker.check(taskOf(world, 't1'));
    world.checker.check(taskOf(world, 't2'));
    await waitFor('both', async () => {
      await world.more();
      return new Set(world.results.map(({ taskId }) => taskId)).size === 2;
    });
    world.checker.forget('t1');
    world.results.length = 0;
    for (let n = 0; n < 5; n++) await world.more();
    t.same([...new Set(world.results.map(({ taskId }) => taskId))], ['t2']);
  });

  t.test('a task may be forgotten by the one who hears its result', async (t) => {
    const world = await setUp(t);
    world.checker.onResult(({ taskId }) => world.checker.forget(taskId));
    world.checker.check(taskOf(world, 't1'));
    await world.more();
    world.checker.check(taskOf(world, 't2'));
    await world.more();
    t.same(
      world.results.map(({ taskId }) => taskId),
      ['t1', 't2'],
    );
  });

  t.test('other content replaces the checks of a task', async (t) => {
    const world = await setUp(t);
    const task = taskOf(world, 't1');
    world.checker.check(task);
    await world.more();
    world.checker.check({ ...task, healthChecks: [healthCheck({ protocol: 'TCP', port: world.port, ...often })] });
    world.results.length = 0;
    for (let n = 0; n < 3; n++) await world.more();
    t.same([...new Set(world.results.map(({ checkIndex }) => checkIndex))], [0]);
    world.checker.check({ ...task, healthChecks: [] });
    world.checker.check(taskOf(world, 't2'));
    world.results.length = 0;
    for (let n = 0; n < 3; n++) await world.more();
    t.same([...new Set(world.results.map(({ taskId }) => taskId))], ['t2']);
  });

  t.test('after close there are no results, and nothing is checked any more', async (t) => {
    const world = await setUp(t);
    world.checker.check(taskOf(world, 't1'));
    await world.more();
    await world.checker.close();
    world.results.length = 0;
    world.checker.check(taskOf(world, 't2'));
    world.run();
    await new Promise((resolve) => setTimeout(resolve, 150));
    t.same(world.results, []);
    await world.checker.close();
  });
}
