import fc from 'fast-check';
import t from 'tap';
import { taskIdOf } from '../../../src/scheduler/core/launch/task-id.js';
import { MutableState } from '../../../src/scheduler/core/mutable-state.js';
import { toTimestamp } from '../../../src/scheduler/core/timestamps.js';
import { InstanceCensus } from '../../../src/scheduler/metrics/instance-census.js';
import type { Condition, Goal, Instance } from '../../../src/scheduler/model/instance.js';

const settings = { taskLaunchConfirmTimeoutMs: 10_000, taskLaunchTimeoutMs: 60_000 };
const startMs = Date.parse('2026-01-01T00:00:00.000Z');

function anInstance(id: string, condition: Condition, goal: Goal = 'Running', stagedMs = startMs): Instance {
  return {
    id,
    taskId: taskIdOf(id),
    appId: '/app',
    appVersion: toTimestamp(startMs),
    goal,
    condition,
    agentId: 'S1',
    host: 'h',
    role: '*',
    ports: [],
    ipAddresses: [],
    stagedAt: toTimestamp(stagedMs),
  };
}

const conditions: readonly Condition[] = ['Provisioned', 'Staging', 'Starting', 'Running', 'Killing', 'Unreachable'];

t.test('counts what a look at all instances would count, after any history', async () => {
  const change = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    condition: fc.option(fc.constantFrom(...conditions), { nil: undefined }),
    goal: fc.constantFrom<Goal>('Running', 'Decommissioned'),
    kills: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const state = new MutableState();
      state.instances.set('a', anInstance('a', 'Running', 'Decommissioned'));
      const census = new InstanceCensus(state, settings);
      const attempts = new Map<string, number>();
      for (const { id, condition, goal, kills } of changes) {
        if (condition === undefined) state.instances.delete(id);
        else state.instances.set(id, anInstance(id, condition, goal));
        census.look(id);
        for (let i = 0; i < kills; i++) census.killAsked(taskIdOf(id));
        if (state.instances.get(id)?.goal === 'Decommissioned') attempts.set(id, (attempts.get(id) ?? 0) + kills);
        else attempts.delete(id);
      }
      const all = [...state.instances.values()];
      const count = (which: (instance: Instance) => boolean): number => all.filter(which).length;
      const expected = {
        running: count((i) => i.condition === 'Running'),
        staged: count((i) => i.condition === 'Provisioned' || i.condition === 'Staging'),
        inflightKills: count((i) => i.goal === 'Decommissioned'),
        inflightKillAttempts: [...attempts.values()].reduce((sum, n) => sum + n, 0),
      };
      const { running, staged, inflightKills, inflightKillAttempts } = census;
      return JSON.stringify({ running, staged, inflightKills, inflightKillAttempts }) === JSON.stringify(expected);
    }),
    { numRuns: 200 },
  );
});

t.test('overdue: not confirmed, or not started, in the time allowed', async (t) => {
  const state = new MutableState();
  state.instances.set('provisioned', anInstance('provisioned', 'Provisioned'));
  state.instances.set('starting', anInstance('starting', 'Starting'));
  state.instances.set('staging', anInstance('staging', 'Staging'));
  state.instances.set('running', anInstance('running', 'Running'));
  const census = new InstanceCensus(state, settings);
  t.equal(census.overdue(startMs + 10_000), 0);
  t.equal(census.overdue(startMs + 10_001), 2);
  t.equal(census.overdue(startMs + 60_001), 3);
  state.instances.delete('staging');
  census.look('staging');
  t.equal(census.overdue(startMs + 60_001), 2);
});

t.test('a kill of a task that nobody knows is no attempt', async (t) => {
  const census = new InstanceCensus(new MutableState(), settings);
  census.killAsked('unknown.instance-1._app.1');
  t.equal(census.inflightKillAttempts, 0);
});
