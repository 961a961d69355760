import t from 'tap';
import { checkInfoOf, healthCheckInfoOf } from '../../../../src/scheduler/adapters/mesos/check-info.js';
import type { LaunchedHealthCheck, Probe } from '../../../../src/scheduler/model/offer.js';

const times = { delaySeconds: 15, intervalSeconds: 60, timeoutSeconds: 20 };
const inMesos = { delay_seconds: 15, interval_seconds: 60, timeout_seconds: 20 };

const healthCheck = (probe: Probe): LaunchedHealthCheck => ({
  probe,
  ...times,
  gracePeriodSeconds: 300,
  maxConsecutiveFailures: 3,
});

t.test('health checks of each kind', async (t) => {
  const health = { ...inMesos, grace_period_seconds: 300, consecutive_failures: 3 };
  t.same(healthCheckInfoOf(healthCheck({ type: 'COMMAND', command: { shell: true, value: 'curl -f $HOST:$PORT0' } })), {
    ...health,
    type: 'COMMAND',
    command: { shell: true, value: 'curl -f $HOST:$PORT0' },
  });
  t.same(
    healthCheckInfoOf(healthCheck({ type: 'COMMAND', command: { shell: false, argv: ['/bin/test', '-f', 'x'] } })),
    {
      ...health,
      type: 'COMMAND',
      command: { shell: false, value: '/bin/test', arguments: ['/bin/test', '-f', 'x'] },
    },
  );
  t.same(healthCheckInfoOf(healthCheck({ type: 'HTTP', scheme: 'https', port: 443, path: '/h', ipProtocol: 'IPv6' })), {
    ...health,
    type: 'HTTP',
    http: { protocol: 'IPv6', scheme: 'https', port: 443, path: '/h' },
  });
  t.same(healthCheckInfoOf(healthCheck({ type: 'HTTP', scheme: 'http', port: 80 })), {
    ...health,
    type: 'HTTP',
    http: { scheme: 'http', port: 80 },
  });
  t.same(healthCheckInfoOf(healthCheck({ type: 'TCP', port: 81, ipProtocol: 'IPv4' })), {
    ...health,
    type: 'TCP',
    tcp: { protocol: 'IPv4', port: 81 },
  });
});

t.test(
  'never killing is a limit that is never reached: with 0 Mesos would end the task at the first failure',
  async (t) => {
    const never = healthCheckInfoOf({ ...healthCheck({ type: 'TCP', port: 81 }), maxConsecutiveFailures: 0 });
    t.match(never, { consecutive_failures: 4_294_967_295 });
  },
);

t.test('a path that does not begin with a slash gets one: Mesos would refuse the task', async (t) => {
  const probe = { type: 'HTTP', scheme: 'http', port: 80, path: 'health?deep' } as const;
  t.match(healthCheckInfoOf(healthCheck(probe)), { http: { path: '/health?deep' } });
  t.match(checkInfoOf({ ...times, probe }), { http: { path: '/health?deep' } });
  t.match(checkInfoOf({ ...times, probe: { ...probe, path: '' } }), { http: { path: '/' } });
});

t.test('checks of each kind', async (t) => {
  t.same(checkInfoOf({ ...times, probe: { type: 'COMMAND', command: { shell: true, value: 'true' } } }), {
    ...inMesos,
    type: 'COMMAND',
    command: { command: { shell: true, value: 'true' } },
  });
  t.same(checkInfoOf({ ...times, probe: { type: 'HTTP', scheme: 'http', port: 80, path: '/', ipProtocol: 'IPv4' } }), {
    ...inMesos,
    type: 'HTTP',
    http: { port: 80, path: '/' },
  });
  t.same(checkInfoOf({ ...times, probe: { type: 'HTTP', scheme: 'https', port: 443 } }), {
    ...inMesos,
    type: 'HTTP',
    http: { scheme: 'https', port: 443 },
  });
  t.same(checkInfoOf({ ...times, probe: { type: 'TCP', port: 81 } }), { ...inMesos, type: 'TCP', tcp: { port: 81 } });
});
