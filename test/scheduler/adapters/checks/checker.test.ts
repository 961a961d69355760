import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { Test } from 'tap';
import t from 'tap';
import { silentLogger } from '../../../../src/common/logger.js';
import { createChecker } from '../../../../src/scheduler/adapters/checks/checker.js';
import type { HealthResult } from '../../../../src/scheduler/core/inputs.js';
import type { HealthCheck } from '../../../../src/scheduler/model/app-definition.js';
import type { CheckedTask, Checker } from '../../../../src/scheduler/ports/checker.js';
import { healthCheck } from '../../../support/health-check.js';
import { listenOnFreePort } from '../../../support/listen.js';
import { waitFor } from '../../../support/wait.js';

function setUp(t: Test, maxConcurrent = 8): { checker: Checker; results: HealthResult[] } {
  const checker = createChecker({ maxConcurrent, clock: Date.now, random: () => 0, logger: silentLogger });
  const results: HealthResult[] = [];
  checker.onResult((result) => results.push(result));
  t.teardown(() => checker.close());
  return { checker, results };
}

const taskOf = (port: number, ...healthChecks: HealthCheck[]): CheckedTask => ({
  taskId: 't1',
  host: '127.0.0.1',
  ports: [port],
  healthChecks,
});

const often = { intervalSeconds: 0.05, timeoutSeconds: 5 };

t.test('a check that takes too long fails, with the time in its cause', async (t) => {
  const port = await listenOnFreePort(t, createTcpServer());
  const { checker, results } = setUp(t);
  checker.check(taskOf(port, healthCheck({ protocol: 'HTTP', ...often, timeoutSeconds: 0.1 })));
  await waitFor('a result', () => results.length > 0);
  t.same(results[0], { taskId: 't1', checkIndex: 0, result: 'unhealthy', cause: 'timed out after 0.1 s' });
});

t.test('a lone 1xx and then silence is ignored, when that is wanted', async (t) => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write('HTTP/1.1 102 Processing\r\n\r\n'));
  });
  const port = await listenOnFreePort(t, server);
  const { checker, results } = setUp(t);
  const check = healthCheck({ protocol: 'HTTP', ...often, timeoutSeconds: 0.1 });
  checker.check(taskOf(port, { ...check, ignoreHttp1xx: true }, check));
  await waitFor('both results', () => results.length >= 2);
  t.same(
    results.slice(0, 2).sort((a, b) => a.checkIndex - b.checkIndex),
    [
      { taskId: 't1', checkIndex: 0, result: 'ignored' },
      { taskId: 't1', checkIndex: 1, result: 'unhealthy', cause: 'timed out after 0.1 s' },
    ],
  );
});

t.test('ports: literal, by index, and missing', async (t) => {
  const port = await listenOnFreePort(t, createTcpServer());
  const { checker, results } = setUp(t);
  checker.check({
    ...taskOf(1),
    ports: [1, port],
    healthChecks: [
      healthCheck({ protocol: 'TCP', portIndex: 1, ...often }),
      healthCheck({ protocol: 'TCP', port, ...often }),
      healthCheck({ protocol: 'TCP', portIndex: 2, ...often }),
    ],
  });
  const of = (index: number): HealthResult | undefined => results.find((r) => r.checkIndex === index);
  await waitFor('all results', () => of(0) && of(1) && of(2) && true);
  t.equal(of(0)?.result, 'healthy');
  t.equal(of(1)?.result, 'healthy');
  t.match(of(2), { result: 'unhealthy', cause: 'no port to check: portIndex 2 of 2 ports' });
});

t.test('a check never overlaps itself; equal content does not start it again', async (t) => {
  let active = 0;
  let most = 0;
  let runs = 0;
  const server = createServer((_, response) => {
    runs++;
    most = Math.max(most, ++active);
    response.on('close', () => active--);
    setTimeout(() => response.end(), 100);
  });
  const port = await listenOnFreePort(t, server);
  const { checker, results } = setUp(t);
  const task = (): CheckedTask => taskOf(port, healthCheck({ protocol: 'HTTP', ...often }));
  checker.check(task());
  await waitFor('four runs', () => {
    checker.check(task());
    return results.length >= 4;
  });
  t.equal(most, 1);
  t.ok(runs - results.length <= 1, `${runs} runs for ${results.length} results`);
});

t.test('at most maxConcurrent run at once, and all get their turn', async (t) => {
  let active = 0;
  let most = 0;
  const server = createServer((_, response) => {
    most = Math.max(most, ++active);
    response.on('close', () => active--);
    setTimeout(() => response.end(), 20);
  });
  const port = await listenOnFreePort(t, server);
  const { checker, results } = setUp(t, 3);
  for (let n = 0; n < 20; n++) {
    checker.check({ ...taskOf(port, healthCheck({ protocol: 'HTTP', ...often })), taskId: `t${n}` });
  }
  await waitFor('every task twice', () => {
    const counts = new Map<string, number>();
    for (const { taskId } of results) counts.set(taskId, (counts.get(taskId) ?? 0) + 1);
    return counts.size === 20 && [...counts.values()].every((count) => count >= 2);
  });
  t.ok(most <= 3 && most > 1, `${most} at once`);
});

t.test('a result that comes after forget is not told', async (t) => {
  let asked = (): void => undefined;
  const first = new Promise<void>((resolve) => (asked = resolve));
  const port = await listenOnFreePort(
    t,
    createServer(() => asked()),
  );
  const { checker, results } = setUp(t);
  checker.check(taskOf(port, healthCheck({ protocol: 'HTTP', ...often })));
  await first;
  checker.forget('t1');
  await checker.close();
  t.same(results, []);
});

t.test('long intervals and times do not run at once', async (t) => {
  const port = await listenOnFreePort(t, createTcpServer());
  const { checker, results } = setUp(t);
  const check = healthCheck({ protocol: 'TCP', intervalSeconds: 1e9, timeoutSeconds: 1e9 });
  checker.check({ ...taskOf(port, check), taskId: 'slow' });
  checker.check({ ...taskOf(port, { ...check, intervalSeconds: 0 }), taskId: 'quick' });
  await waitFor('three of the quick', () => results.filter(({ taskId }) => taskId === 'quick').length >= 3);
  t.equal(results.filter(({ taskId }) => taskId === 'slow').length, 0);
});
