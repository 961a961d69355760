import t from 'tap';
import type { Test } from 'tap';
import { agentCheckOf, agentHealthCheckOf } from '../../../src/scheduler/core/launch/agent-checks.js';
import { anApp } from '../../support/scheduler-fixtures.js';
import { launched } from './launched-task.js';

async function healthCheck(t: Test, app: object): Promise<unknown> {
  return (await launched(t, app)).info.health_check;
}

const defaults = {
  delay_seconds: 15,
  interval_seconds: 60,
  timeout_seconds: 20,
  grace_period_seconds: 300,
  consecutive_failures: 3,
};

const bridged = {
  container: {
    type: 'DOCKER',
    docker: { image: 'nginx' },
    portMappings: [{ containerPort: 80 }, { containerPort: 443 }],
  },
  networks: [{ mode: 'container/bridge' }],
};

t.test('a command, with the defaults of every field', async (t) => {
  const check = await healthCheck(t, {
    cmd: 'x',
    healthChecks: [{ protocol: 'COMMAND', command: { value: 'curl -f http://$HOST:$PORT0/health' } }],
  });
  t.same(check, {
    ...defaults,
    type: 'COMMAND',
    command: { shell: true, value: 'curl -f http://$HOST:$PORT0/health' },
  });
});

t.test('HTTP on the network of the host: the port that was picked, and the path if none is given', async (t) => {
  const check = await healthCheck(t, { cmd: 'x', healthChecks: [{ protocol: 'MESOS_HTTP' }] });
  t.same(check, {
    ...defaults,
    type: 'HTTP',
    http: { protocol: 'IPv4', scheme: 'http', port: 31000, path: '/' },
  });
});

t.test('HTTPS into a container: the port inside, by index or by number', async (t) => {
  const check = { protocol: 'MESOS_HTTPS', path: '/ok', portIndex: 1, ipProtocol: 'IPv6' };
  t.match(await healthCheck(t, { ...bridged, healthChecks: [check] }), {
    type: 'HTTP',
    http: { protocol: 'IPv6', scheme: 'https', port: 443, path: '/ok' },
  });
  t.match(await healthCheck(t, { ...bridged, healthChecks: [{ protocol: 'MESOS_TCP', port: 9 }] }), {
    type: 'TCP',
    tcp: { protocol: 'IPv4', port: 9 },
  });
});

t.test("of several health checks the agent's own goes with the task; 0 failures never kill", async (t) => {
  const { info } = await launched(t, {
    cmd: 'x',
    healthChecks: [
      { protocol: 'HTTP' },
      {
        protocol: 'MESOS_TCP',
        gracePeriodSeconds: 1,
        intervalSeconds: 2,
        timeoutSeconds: 3,
        delaySeconds: 4,
        maxConsecutiveFailures: 0,
      },
    ],
  });
  t.same(info.health_check, {
    delay_seconds: 4,
    interval_seconds: 2,
    timeout_seconds: 3,
    grace_period_seconds: 1,
    consecutive_failures: 2 ** 32 - 1,
    type: 'TCP',
    tcp: { protocol: 'IPv4', port: 31000 },
  });
  const { info: plain } = await launched(t, { cmd: 'x', healthChecks: [{ protocol: 'TCP' }] });
  t.equal(plain.health_check, undefined, "the scheduler's own checks are not the agent's");
});

const times = { delay_seconds: 15, interval_seconds: 60, timeout_seconds: 20 };

t.test('checks of each kind', async (t) => {
  const check = async (given: object): Promise<unknown> => (await launched(t, { cmd: 'x', check: given })).info.check;
  t.same(await check({ exec: { command: { shell: 'test -f ok' } } }), {
    ...times,
    type: 'COMMAND',
    command: { command: { shell: true, value: 'test -f ok' } },
  });
  t.same(await check({ exec: { command: { argv: ['/bin/test', '-f', 'ok'] } }, delaySeconds: 0 }), {
    ...times,
    delay_seconds: 0,
    type: 'COMMAND',
    command: { command: { shell: false, value: '/bin/test', arguments: ['/bin/test', '-f', 'ok'] } },
  });
  t.same(await check({ http: { path: '/x' } }), { ...times, type: 'HTTP', http: { port: 31000, path: '/x' } });
  t.same(await check({ http: { port: 8443, scheme: 'HTTPS' } }), {
    ...times,
    type: 'HTTP',
    http: { scheme: 'https', port: 8443 },
  });
  t.same(await check({ tcp: { portIndex: 0 } }), { ...times, type: 'TCP', tcp: { port: 31000 } });
});

t.test('a check of a port that the task has not cannot be asked for; nothing is made up for it', async (t) => {
  const times = { intervalSeconds: 1, timeoutSeconds: 1, delaySeconds: 1 };
  t.equal(agentCheckOf(anApp({ check: { ...times, tcp: { portIndex: 1 } } }), []), undefined);
  t.equal(agentCheckOf(anApp(), []), undefined);
  t.equal(agentHealthCheckOf(anApp(), []), undefined);
});
