import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { Test } from 'tap';
import t from 'tap';
import { silentLogger } from '../../../../src/common/logger.js';
import { createChecker } from '../../../../src/scheduler/adapters/checks/checker.js';
import type { ReadinessResult } from '../../../../src/scheduler/core/inputs.js';
import type { ReadinessCheck } from '../../../../src/scheduler/model/readiness.js';
import type { Checker, ReadinessTask } from '../../../../src/scheduler/ports/checker.js';
import { makePem } from '../../../support/certificates.js';
import { healthCheck } from '../../../support/health-check.js';
import { listenOnFreePort } from '../../../support/listen.js';
import { waitFor } from '../../../support/wait.js';

function setUp(t: Test, maxConcurrent = 8): { checker: Checker; results: ReadinessResult[] } {
  const checker = createChecker({ maxConcurrent, clock: Date.now, random: () => 0, logger: silentLogger });
  const results: ReadinessResult[] = [];
  checker.onReadiness((result) => results.push(result));
  t.teardown(() => checker.close());
  return { checker, results };
}

const taskOf = (port: number | undefined, check: Partial<ReadinessCheck> = {}): ReadinessTask => ({
  taskId: 't1',
  host: '127.0.0.1',
  port,
  check: {
    name: 'readinessCheck',
    protocol: 'HTTP',
    path: '/',
    portName: 'http-api',
    intervalSeconds: 0.05,
    timeoutSeconds: 5,
    httpStatusCodesForReady: [200],
    preserveLastResponse: true,
    ...check,
  },
});

t.test('status, type and the beginning of the body are told, every interval, until it is forgotten', async (t) => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    t.equal(request.url, '/ready?a=%20');
    response.writeHead(asked === 1 ? 503 : 302, { 'content-type': 'text/x', location: '/elsewhere' });
    response.end('x'.repeat(100_000));
  });
  const { checker, results } = setUp(t);
  const task = taskOf(await listenOnFreePort(t, server), { path: 'ready?a= ' });
  checker.checkReadiness(task);
  checker.checkReadiness({ ...task });
  const second = await waitFor('two results', () => results[1]);
  t.match(results[0], { taskId: 't1', response: { status: 503, contentType: 'text/x' } });
  t.equal(results[0]?.response.body, 'x'.repeat(8192));
  t.equal(second.response.status, 302, 'redirects are not followed');
  checker.forgetReadiness('t1');
  const seen = results.length;
  checker.checkReadiness(taskOf(undefined));
  await waitFor('another result', () => results.length > seen);
  t.match(results[seen], {
    response: { status: 504, body: 'The readiness check got no answer: the task has no port http-api' },
  });
});

t.test('what gives no answer in time, or none at all, says so', async (t) => {
  const silent = await listenOnFreePort(t, createTcpServer());
  const { checker, results } = setUp(t);
  checker.checkReadiness(taskOf(silent, { timeoutSeconds: 0.1 }));
  const late = await waitFor('a result', () => results[0]);
  t.same(late.response, {
    status: 504,
    contentType: 'text/plain',
    body: 'The readiness check got no answer: timed out after 0.1 s',
  });
  const seen = results.length;
  checker.checkReadiness(taskOf(1));
  const refused = await waitFor('a refusal', () =>
    results.slice(seen).find(({ response }) => !response.body.includes('timed')),
  );
  t.match(refused.response, { status: 504, body: /ECONNREFUSED/ });
});

t.test('HTTPS with a certificate that nobody vouches for', async (t) => {
  const { certificatePath, keyPath } = await makePem(t.testdir(), 'localhost');
  const server = createSecureServer(
    { cert: await readFile(certificatePath), key: await readFile(keyPath) },
    (_, response) => response.end('secure'),
  );
  const { checker, results } = setUp(t);
  checker.checkReadiness(taskOf(await listenOnFreePort(t, server), { protocol: 'HTTPS' }));
  const { response } = await waitFor('a result', () => results[0]);
  t.match(response, { status: 200, body: 'secure' });
});

t.test('readiness checks and health checks share one limit', async (t) => {
  let active = 0;
  let most = 0;
  const server = createServer((_, response) => {
    most = Math.max(most, ++active);
    setImmediate(() => {
      active--;
      response.end();
    });
  });
  const port = await listenOnFreePort(t, server);
  const { checker, results } = setUp(t, 1);
  let healthResults = 0;
  checker.onResult(() => healthResults++);
  for (let i = 0; i < 5; i++) {
    const check = healthCheck({ protocol: 'HTTP', intervalSeconds: 0.05, timeoutSeconds: 5 });
    checker.check({ taskId: `h${i}`, host: '127.0.0.1', ports: [port], healthChecks: [check] });
    checker.checkReadiness({ ...taskOf(port), taskId: `r${i}` });
  }
  await waitFor('results of all', () => healthResults > 5 && new Set(results.map(({ taskId }) => taskId)).size === 5);
  t.equal(most, 1);
});
