import t from 'tap';
import { inKillOrder } from '../../../src/scheduler/core/recovery/kill-selection.js';
import type { Condition, Instance } from '../../../src/scheduler/model/instance.js';

function instance(id: string, condition: Condition, second: number): Instance {
  return {
    id,
    taskId: `${id}._app.1`,
    appId: '/a',
    appVersion: '2026-01-01T00:00:00.000Z',
    goal: 'Running',
    condition,
    agentId: 'S1',
    host: 'h',
    role: '*',
    ports: [],
    ipAddresses: [],
    stagedAt: `2026-01-01T00:00:0${second}.000Z`,
  };
}

const order = (killSelection: 'YOUNGEST_FIRST' | 'OLDEST_FIRST', instances: readonly Instance[]): string[] =>
  inKillOrder({ killSelection }, instances, (i) => i.id !== 'ill').map(({ id }) => id);

t.test('what does the least good goes first', async (t) => {
  const all = [
    instance('running', 'Running', 5),
    instance('starting', 'Starting', 4),
    instance('staging', 'Staging', 3),
    instance('unreachable', 'Unreachable', 2),
  ];
  for (const killSelection of ['YOUNGEST_FIRST', 'OLDEST_FIRST'] as const) {
    t.same(order(killSelection, all), ['unreachable', 'staging', 'starting', 'running'], killSelection);
  }
});

t.test('among equals unhealthy ones go first, then the app chooses', async (t) => {
  const all = [
    instance('old', 'Running', 1),
    instance('young', 'Running', 3),
    instance('ill', 'Running', 2),
    instance('also-young', 'Running', 3),
  ];
  t.same(order('YOUNGEST_FIRST', all), ['ill', 'also-young', 'young', 'old']);
  t.same(order('OLDEST_FIRST', all), ['ill', 'old', 'also-young', 'young']);
});
