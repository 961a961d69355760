import t from 'tap';
import { conditionOf } from '../../../src/scheduler/core/recovery/condition-of.js';

t.test('states of Mesos', async (t) => {
  for (const [state, condition] of [
    ['TASK_STAGING', 'Staging'],
    ['TASK_STARTING', 'Starting'],
    ['TASK_RUNNING', 'Running'],
    ['TASK_KILLING', 'Killing'],
    ['TASK_FINISHED', 'Finished'],
    ['TASK_FAILED', 'Failed'],
    ['TASK_KILLED', 'Killed'],
    ['TASK_ERROR', 'Error'],
    ['TASK_DROPPED', 'Dropped'],
    ['TASK_UNREACHABLE', 'Unreachable'],
    ['TASK_GONE', 'Gone'],
    ['TASK_GONE_BY_OPERATOR', 'GoneByOperator'],
    ['TASK_UNKNOWN', 'Unknown'],
    ['TASK_OF_THE_FUTURE', 'Unknown'],
  ] as const) {
    t.equal(conditionOf({ state, message: '' }), condition, state);
  }
});

t.test('a lost task is unreachable, unknown or gone, by the reason and the message', async (t) => {
  const lost = (reason: string | undefined, message = ''): string =>
    conditionOf({ state: 'TASK_LOST', message, ...(reason === undefined ? {} : { reason }) });
  for (const reason of [
    'RECONCILIATION',
    'AGENT_DISCONNECTED',
    'SLAVE_DISCONNECTED',
    'AGENT_REMOVED',
    'SLAVE_REMOVED',
  ]) {
    t.equal(lost(`REASON_${reason}`), 'Unreachable', reason);
  }
  t.equal(lost('REASON_RECONCILIATION', 'Reconciliation: Task is unknown to the agent'), 'Unknown');
  t.equal(lost('REASON_TASK_UNKNOWN'), 'Unknown');
  t.equal(lost('REASON_EXECUTOR_TERMINATED'), 'Gone');
  t.equal(lost(undefined), 'Gone');
});
