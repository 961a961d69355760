import t from 'tap';
import { fillPattern } from '../../../src/cluster/simulated/pattern.js';
import { behaviourOf } from '../../../src/cluster/simulated/behaviour.js';
import type { TaskInfo } from '../../../src/mesos/types.js';

t.test('the number of an agent in a text', async (t) => {
  const at = (text: string): string[] => [0, 1, 5, 12].map((n) => fillPattern(text, n));
  t.same(at('agent-{n}'), ['agent-0', 'agent-1', 'agent-5', 'agent-12']);
  t.same(at('rack:r{n%4}'), ['rack:r0', 'rack:r1', 'rack:r1', 'rack:r0']);
  t.same(at('r{n/5}/z{n%5}'), ['r0/z0', 'r0/z1', 'r1/z0', 'r2/z2']);
  t.same(at('{x} {n%0} {n-1}'), Array(4).fill('{x} {n%0} {n-1}'), 'what is no pattern stays');
});

t.test('what a task says it does', async (t) => {
  const task = (env: Record<string, string>, labels: Record<string, string> = {}): TaskInfo => ({
    name: 't',
    task_id: { value: 't' },
    agent_id: { value: 'a' },
    resources: [],
    command: { environment: { variables: Object.entries(env).map(([name, value]) => ({ name, value })) } },
    labels: { labels: Object.entries(labels).map(([key, value]) => ({ key, value })) },
  });
  const usual = { startMs: 7, runMs: undefined, exitStatus: 0, killMs: 0, healthy: undefined };
  t.same(behaviourOf(task({ PATH: '/bin' }, { tier: 'web' }), 7), usual);
  t.same(behaviourOf(task({ EKIDEN_SIMULATE_RUN_MS: '100', EKIDEN_SIMULATE_EXIT_STATUS: '3' }), 7), {
    ...usual,
    runMs: 100,
    exitStatus: 3,
  });
  t.same(behaviourOf(task({ EKIDEN_SIMULATE_EXIT_STATUS: '3' }), 7), { ...usual, runMs: 0, exitStatus: 3 });
  t.same(behaviourOf(task({}, { EKIDEN_SIMULATE_START_MS: '0', EKIDEN_SIMULATE_KILL_MS: '50' }), 7), {
    ...usual,
    startMs: 0,
    killMs: 50,
  });
  const checked = { ...task({}, {}), health_check: { type: 'TCP', tcp: { port: 80 } } };
  t.equal(behaviourOf(checked, 7).healthy, true, 'all is well unless it says otherwise');
  t.same(behaviourOf(task({ EKIDEN_SIMULATE_HEALTHY: 'false' }, { EKIDEN_SIMULATE_HEALTHY: 'true' }), 7), {
    ...usual,
    healthy: false,
  });
  t.same(behaviourOf(task({ EKIDEN_SIMULATE_RUN_MS: 'soon', EKIDEN_SIMULATE_KILL_MS: '-1' }), 7), usual);
});
