import t from 'tap';
import type { SchedulerEvent, TaskStatus } from '../../../../src/mesos/types.js';
import { statusUpdateOf } from '../../../../src/scheduler/adapters/mesos/task-status.js';
import type { TaskStatusUpdate } from '../../../../src/scheduler/model/task-status.js';
import { readRecording, recordedEvents } from '../../../support/recordings.js';

t.test('the least that a status can hold, and the most', async (t) => {
  t.same(statusUpdateOf({ task_id: { value: 't1' }, state: 'TASK_LOST' }), {
    taskId: 't1',
    state: 'TASK_LOST',
    message: '',
    ipAddresses: [],
  });
  const status: TaskStatus = {
    task_id: { value: 't1' },
    state: 'TASK_RUNNING',
    message: 'healthy again',
    source: 'SOURCE_EXECUTOR',
    reason: 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED',
    agent_id: { value: 'S1' },
    timestamp: 1795167677.80859,
    uuid: '8YkGZZG6TxyMG5LnrUvRyA==',
    healthy: false,
    container_status: {
      network_infos: [
        { ip_addresses: [{ protocol: 'IPv4', ip_address: '10.0.0.7' }, { ip_address: 'fd00:0::7' }] },
        { name: 'dev', ip_addresses: [{ ip_address: '10.0.0.8' }, {}, { ip_address: 'not-an-address' }] },
        {},
      ],
    },
  };
  t.same(statusUpdateOf(status), {
    taskId: 't1',
    state: 'TASK_RUNNING',
    message: 'healthy again',
    reason: 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED',
    agentId: 'S1',
    timestampMs: 1795167677809,
    uuid: '8YkGZZG6TxyMG5LnrUvRyA==',
    healthy: false,
    ipAddresses: [
      { ipAddress: '10.0.0.7', protocol: 'IPv4' },
      { ipAddress: 'fd00::7', protocol: 'IPv6' },
      { ipAddress: '10.0.0.8', protocol: 'IPv4', network: 'dev' },
    ],
  });
});

function recordedUpdates(name: string): TaskStatusUpdate[] | undefined {
  const lines = readRecording(name);
  return (
    lines &&
    recordedEvents<SchedulerEvent>(lines).flatMap((e) => (e.type === 'UPDATE' ? [statusUpdateOf(e.update.status)] : []))
  );
}

t.test('updates of a real agent and master', async (t) => {
  const command = recordedUpdates('02-command-task-starting-running-finished-ports-discovery-labels-uris-env.jsonl');
  const reconciled = recordedUpdates('07-reconcile-explicit-implicit-unknown.jsonl');
  const health = recordedUpdates('05-health-checks-command-http-tcp-and-check.jsonl');
  if (command === undefined || reconciled === undefined || health === undefined) {
    return void t.pass('needs the recordings', { skip: 'the recordings are not here' });
  }
  t.match(command, [
    { state: 'TASK_STARTING', message: '', ipAddresses: [{ ipAddress: '127.0.0.1', protocol: 'IPv4' }] },
    { state: 'TASK_RUNNING', timestampMs: 1795167677809, uuid: '8YkGZZG6TxyMG5LnrUvRyA==' },
    { state: 'TASK_FINISHED', message: 'Command exited with status 0' },
  ]);
  const unknown = reconciled.find(({ taskId }) => taskId === 'ghost.3');
  t.match(unknown, { state: 'TASK_UNKNOWN', reason: 'REASON_RECONCILIATION', message: /Task is unknown/ });
  t.notOk(
    unknown !== undefined && ('uuid' in unknown || 'agentId' in unknown),
    'the master’s own updates have no uuid',
  );
  t.ok(
    health.some(({ healthy }) => healthy === false),
    'health reaches the core',
  );
});
