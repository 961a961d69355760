import { MutableState } from '../../src/scheduler/core/mutable-state.js';
import type { Instance } from '../../src/scheduler/model/instance.js';
import { overviewApp } from '../../src/scheduler/overview/app-row.js';
import { anApp } from '../../test/support/scheduler-fixtures.js';
import { table } from '../support/report.js';

const lines = 200_000;

function stateWith(count: number): MutableState {
  const state = new MutableState();
  const app = anApp({ instances: count, healthChecks: [] });
  state.apps.set(app.id, app);
  const ids = new Set<string>();
  state.instancesOf.set(app.id, ids);
  for (let i = 0; i < count; i++) {
    const instance: Instance = {
      id: `app.instance-${i}`,
      taskId: `app.instance-${i}._app.1`,
      appId: app.id,
      appVersion: app.version,
      goal: 'Running',
      condition: 'Running',
      agentId: 'S1',
      host: 'h1',
      role: '*',
      ports: [31_000],
      ipAddresses: [],
      stagedAt: app.version,
    };
    state.instances.set(instance.id, instance);
    ids.add(instance.id);
  }
  return state;
}

/** What one line costs that has changed, by the instances of its app: the core's state alone, no server. */
export function measureRows(): void {
  const row = table('A line of the overview is made anew', [
    ['µs', 10],
    ['µs/instance', 13],
  ]);
  for (const count of [3, 100, 5000]) {
    const state = stateWith(count);
    const app = [...state.apps.values()][0];
    if (app === undefined) return;
    const rounds = Math.ceil(lines / (count + 10));
    let length = 0;
    const once = (i: number): void => {
      length += JSON.stringify(overviewApp(state, app, i, 0)).length;
    };
    for (let i = 0; i < rounds / 4; i++) once(i);
    const startMs = performance.now();
    for (let i = 0; i < rounds; i++) once(i);
    const us = ((performance.now() - startMs) * 1000) / rounds;
    if (length === 0) throw new Error('nothing was made');
    row(`${count} instances`, us, us / count);
  }
}
