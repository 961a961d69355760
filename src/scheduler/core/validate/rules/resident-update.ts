import { equalData } from '../../../../common/equal.js';
import type { Container } from '../../../model/container.js';
import type { CanonicalApp } from '../../normalize/app-json.js';
import { problem } from '../violations.js';
import type { Problem } from '../violations.js';
import type { Rule } from './rule.js';

/** The persistent volumes of a container, in an order of their own; none: it is no resident's. */
function persistentVolumesOf({
  volumes = [],
}: Partial<Pick<Container, 'volumes'>> | CanonicalContainer): readonly object[] {
  return volumes
    .flatMap(({ containerPath, persistent }) => (persistent === undefined ? [] : [{ containerPath, persistent }]))
    .sort((a, b) => (a.containerPath < b.containerPath ? -1 : 1));
}
type CanonicalContainer = NonNullable<CanonicalApp['container']>;

const milli = (value: number): number => Math.round(value * 1000);

/**
 * Why what has persistent volumes cannot have another role. Mesos offers a reservation to none but its own role: with another one the instances
 * would wait for their places for ever.
 */
export function* roleChangeProblems(before: string, after: string): Iterable<Problem> {
  if (before === after) return;
  yield problem(
    '/role',
    `its places are reserved for the role ${before}, which cannot be changed to ${after}. If you need to make this change, please create a new service.`,
  );
}

/**
 * An app that has or had persistent volumes keeps them and its role, and asks for no other resources: what is reserved for its instances is as it
 * is (marathon.md §5, §12).
 */
export const residentUpdateRule: Rule = function* (app, { current }) {
  if (current === undefined) return;
  const before = persistentVolumesOf(current.container ?? {});
  const after = persistentVolumesOf(app.container ?? {});
  if (before.length === 0 && after.length === 0) return;
  if (!equalData(before, after)) yield problem('', 'Persistent volumes can not be changed!');
  yield* roleChangeProblems(current.role, app.role);
  const isSame =
    milli(current.cpus) === milli(app.cpus) &&
    milli(current.memMib) === milli(app.mem) &&
    milli(current.diskMib) === milli(app.disk) &&
    current.gpus === app.gpus;
  if (isSame) return;
  yield problem(
    '',
    'Services with persistent volumes configured may not change resource requirements. If you need to make this change, please create a new service.',
  );
};
