import t from 'tap';
import { checkTimes, failureLimit, gracePeriodMs, probeOf } from '../../../../src/cluster/agent/checks/check-info.js';
import { newHealth, nextHealth } from '../../../../src/cluster/agent/checks/health.js';

/** What is told about results at times, `+` and `-`, in seconds after the start; `!` ends the task. */
function told(results: string, rules: { graceSeconds: number; failureLimit: number }): string {
  let health = newHealth;
  let text = '';
  for (const [i, result] of [...results].entries()) {
    const step = nextHealth(health, result === '+', i * 1000, {
      graceUntilMs: rules.graceSeconds * 1000,
      failureLimit: rules.failureLimit,
    });
    health = step.health;
    text += step.healthy === undefined ? '.' : step.healthy ? '+' : '-';
    if (step.isFatal) return `${text}!`;
  }
  return text;
}

t.test('health is told as Mesos tells it', async (t) => {
  const rules = { graceSeconds: 0, failureLimit: 3 };
  t.equal(told('+++', rules), '+..');
  t.equal(told('+-+-+', rules), '+-+-+');
  t.equal(told('+---', rules), '+---!', 'every failure; the third in a row ends it');
  t.equal(told('+--+--+', rules), '+--+--+');
  t.equal(told('----+', { graceSeconds: 2, failureLimit: 9 }), '..--+', 'not within the grace period');
  t.equal(told('+--', { graceSeconds: 9, failureLimit: 2 }), '+--!', 'which ends with the first success');
  t.equal(told('+-----', { graceSeconds: 0, failureLimit: 0 }), '+-!', 'there is no word for never: 0 is like 1');
  t.equal(told('------', { graceSeconds: 0, failureLimit: 2 ** 32 - 1 }), '------');
});

t.test('what checks say, with defaults and nonsense', async (t) => {
  t.strictSame(checkTimes({}), { delayMs: 15_000, intervalMs: 10_000, timeoutMs: 20_000 });
  t.strictSame(checkTimes({ delay_seconds: 0, interval_seconds: 0, timeout_seconds: 0.5 }), {
    delayMs: 0,
    intervalMs: 100,
    timeoutMs: 500,
  });
  t.ok(checkTimes({ timeout_seconds: 0 }).timeoutMs > 1e6, 'no timeout');
  t.equal(checkTimes({ delay_seconds: Number.NaN }).delayMs, 15_000);
  t.equal(gracePeriodMs({}), 10_000);
  t.equal(failureLimit({}), 3);
  t.strictSame(probeOf({ type: 'COMMAND', command: { command: { value: 'x' } } }), {
    type: 'COMMAND',
    command: { value: 'x' },
  });
  t.strictSame(probeOf({ command: { value: 'x' } }), { type: 'COMMAND', command: { value: 'x' } });
  t.strictSame(probeOf({ type: 'HTTP', http: { port: 80, path: 'x', scheme: 'https', protocol: 'IPV6' } }), {
    type: 'HTTP',
    scheme: 'https',
    port: 80,
    path: '/x',
    isIpv6: true,
  });
  t.strictSame(probeOf({ type: 'TCP', tcp: { port: 80 } }), { type: 'TCP', port: 80, isIpv6: false });
  for (const info of [{ type: 'ODD' }, { type: 'TCP', tcp: { port: 0 } }, { type: 'HTTP' }, { type: 'COMMAND' }]) {
    t.equal(probeOf(info), undefined);
  }
});
