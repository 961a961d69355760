import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A start of a task's process, as the process itself has noted it. */
export interface Start {
  readonly appId: string;
  /** The variable of that name in the app's definition. */
  readonly generation: string;
  readonly taskId: string;
}

const file = (directory: string): string => join(directory, 'starts');

/**
 * A definition whose tasks note their start in a file of `directory`, are healthy half a second later, and stay. No task is ever
 * ended for its health.
 */
export function notingApp(
  directory: string,
  { id, instances, generation }: { readonly id: string; readonly instances: number; readonly generation: number },
): Readonly<Record<string, unknown>> {
  return {
    id,
    instances,
    cpus: 0.05,
    mem: 16,
    portDefinitions: [],
    env: { GENERATION: String(generation) },
    cmd: `echo "$MARATHON_APP_ID $GENERATION $MESOS_TASK_ID" >> '${file(directory)}'; sleep 0.5; touch ready; exec sleep 100000`,
    healthChecks: [
      {
        protocol: 'COMMAND',
        command: { value: 'test -e ready' },
        gracePeriodSeconds: 300,
        delaySeconds: 0,
        intervalSeconds: 1,
        maxConsecutiveFailures: 0,
      },
    ],
    upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0.5 },
  };
}

/** All starts so far, in their order. */
export function readStarts(directory: string): Start[] {
  if (!existsSync(file(directory))) return [];
  const lines = readFileSync(file(directory), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [appId = '', generation = '', taskId = ''] = line.split(' ');
    return { appId, generation, taskId };
  });
}
