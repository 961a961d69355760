import { hasValidSegments, resolvePathId, segmentPatternText, segmentsOf } from '../../../../common/path-id.js';
import type { PathId } from '../../../../common/path-id.js';
import { problem } from '../violations.js';
import type { Problem } from '../violations.js';

const invalidSegment = `must fully match regular expression '${segmentPatternText}'`;
/** Each level is a group, and every change goes through all that are around it. */
export const maxLevels = 100;
/** The keys of records are made of ids, and the store in ZooKeeper takes none above 16 kB. Mesos takes no task whose id has more than 255. */
export const maxIdLength = 1_024;
const reserved = ['restart', 'tasks', 'versions', '.', '..'];

/** Rules for any id or reference: legal segments, not too many of them, and not too long together. `given`: absolute or relative. */
export function* pathProblems(path: string, given: string): Iterable<Problem> {
  if (!hasValidSegments(given)) yield problem(path, invalidSegment);
  const levels = segmentsOf(given).length;
  if (levels > maxLevels) yield problem(path, `must have at most ${maxLevels} path elements, not ${levels}`);
  if (given.length > maxIdLength) {
    yield problem(path, `must have at most ${maxIdLength} characters, not ${given.length}`);
  }
}

/**
 * Rules for ids of apps (marathon.md §3.2). `id` is the absolute id that the request is about, `given` how the
 * request writes it, relative to the group `base`: it must mean the same.
 */
export function* appIdProblems(id: PathId, given: string, base: PathId = '/'): Iterable<Problem> {
  const last = segmentsOf(given).at(-1);
  if (given === '') yield problem('/id', 'error.minLength');
  else if (last === undefined) yield problem('/id', 'Path must contain at least one path element');
  yield* pathProblems('/id', id);
  yield* pathProblems('/id', given);
  if (last !== undefined && reserved.includes(last)) {
    yield problem('/id', `must not end with any of the following reserved keywords: ${reserved.join(', ')}`);
  }
  if (resolvePathId(given, base) !== id) {
    yield problem('/id', `'${given}' is not the id of the request, which is '${id}'`);
  }
}
