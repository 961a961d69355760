/** nixy at 854e4cb, marathon.go. */
import { goBool, goInt, goMap, goSlice, goString, goStruct, unmarshal } from '../go-json.js';
import type { Decoded } from '../go-json.js';
import type { WireAnswer } from '../wire.js';

/** marathon.go:102: a stream without a byte for so long is given up. */
export const silenceLimitMs = 15_000;

/** `MarathonApps` */
const marathonApps = goStruct({
  apps: goSlice(
    goStruct({
      id: goString,
      labels: goMap(goString),
      env: goMap(goString),
      portDefinitions: goSlice(goStruct({ port: goInt, protocol: goString, labels: goMap(goString) })),
      tasks: goSlice(
        goStruct({
          appId: goString,
          healthCheckResults: goSlice(goStruct({ alive: goBool })),
          host: goString,
          id: goString,
          ports: goSlice(goInt),
          servicePorts: goSlice(goInt),
          slaveId: goString,
          stagedAt: goString,
          startedAt: goString,
          state: goString,
          version: goString,
        }),
      ),
      healthChecks: goSlice(goStruct({ path: goString })),
    }),
  ),
});
type Task = Decoded<typeof marathonApps>['apps'][number]['tasks'][number];

/** `syncApps`: tasks with ports and a host that run; of apps with health checks only those with results, all of them alive. */
export function upstreamsOf(answer: WireAnswer): Readonly<Record<string, readonly Task[]>> {
  const upstreams = unmarshal(marathonApps, answer.text).apps.map((app) => {
    const tasks = app.tasks.filter(({ ports, host, state, healthCheckResults }) => {
      if (ports.length === 0 || host === '' || state !== 'TASK_RUNNING') return false;
      if (app.healthChecks.length === 0) return true;
      return healthCheckResults.length > 0 && healthCheckResults.every(({ alive }) => alive);
    });
    return [app.id, tasks] as const;
  });
  return Object.fromEntries(upstreams.filter(([, tasks]) => tasks.length > 0));
}

/** `eventStream`: the names of events; every other line is passed over. */
export function eventsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('event: '))
    .map((line) => line.slice('event: '.length).trim());
}

/** `endpointHealth`: 200 and nothing else. */
export function isHealthy({ status }: WireAnswer): boolean {
  return status === 200;
}
