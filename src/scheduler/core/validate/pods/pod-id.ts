import { resolvePathId, segmentsOf } from '../../../../common/path-id.js';
import type { PathId } from '../../../../common/path-id.js';
import { pathProblems } from '../rules/id.js';
import { problem } from '../violations.js';
import type { Problem } from '../violations.js';

/**
 * Rules for ids of pods, which unlike those of apps may not be relative (marathon.md §7). `id` is the absolute id that the request is
 * about, `given` how the pod in the body writes it.
 */
export function* podIdProblems(id: PathId, given: string): Iterable<Problem> {
  if (given === '') yield problem('/id', 'error.minLength');
  else if (segmentsOf(given).length === 0) yield problem('/id', 'Path must contain at least one path element');
  else if (!given.startsWith('/')) yield problem('/id', 'Path needs to be absolute');
  yield* pathProblems('/id', given);
  if (resolvePathId(given) !== id) {
    yield problem('/id', `'${given}' is not the id of the request, which is '${id}'`);
  }
}
