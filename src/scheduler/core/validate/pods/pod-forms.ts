import { elementPath, problem } from '../violations.js';
import type { Problem } from '../violations.js';
import type { PodJson } from './pod-schema.js';

type Container = PodJson['containers'][number];
type Command = NonNullable<Container['exec']>['command'];

function* commandProblems(path: string, command: Command | undefined): Iterable<Problem> {
  if (command !== undefined && (command.shell === undefined) === (command.argv === undefined)) {
    yield problem(path, 'must have exactly one of shell and argv');
  }
}

/** What can be written in a pod and mean nothing, or two things: it is found before the pod is brought into its canonical form. */
export function* podFormProblems(pod: PodJson): Iterable<Problem> {
  for (const [i, { exec, healthCheck, check }] of pod.containers.entries()) {
    const path = elementPath('/containers', i);
    yield* commandProblems(`${path}/exec/command`, exec?.command);
    yield* commandProblems(`${path}/healthCheck/exec/command`, healthCheck?.exec?.command);
    yield* commandProblems(`${path}/check/exec/command`, check?.exec?.command);
  }
  for (const [i, { host, secret, persistent }] of (pod.volumes ?? []).entries()) {
    if ([host, secret, persistent].filter((kind) => kind !== undefined).length > 1) {
      yield problem(elementPath('/volumes', i), 'must have at most one of host, secret and persistent');
    }
  }
}
