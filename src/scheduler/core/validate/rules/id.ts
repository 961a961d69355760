import { hasValidSegments, resolvePathId, segmentPatternText, segmentsOf } from '../../../../common/path-id.js';
import type { PathId } from '../../../../common/path-id.js';
import { problem } from '../violations.js';
import type { Problem } from '../violations.js';

const invalidSegment = `must fully match regular expression '${segmentPatternText}'`;
const reserved = ['restart', 'tasks', 'versions', '.', '..'];

/**
 * Rules for ids of apps (marathon.md §3.2). `id` is the absolute id that the request is about, `given` how the
 * request writes it, relative to the group `base`: it must mean the same.
 */
export function* appIdProblems(id: PathId, given: string, base: PathId = '/'): Iterable<Problem> {
  const last = segmentsOf(given).at(-1);
  if (given === '') yield problem('/id', 'error.minLength');
  else if (last === undefined) yield problem('/id', 'Path must contain at least one path element');
  if (!hasValidSegments(id) || !hasValidSegments(given)) yield problem('/id', invalidSegment);
  if (last !== undefined && reserved.includes(last)) {
    yield problem('/id', `must not end with any of the following reserved keywords: ${reserved.join(', ')}`);
  }
  if (resolvePathId(given, base) !== id) {
    yield problem('/id', `'${given}' is not the id of the request, which is '${id}'`);
  }
}

/** A reference to another app or group: any legal path. */
export function* referenceProblems(path: string, reference: string): Iterable<Problem> {
  if (!hasValidSegments(reference)) yield problem(path, invalidSegment);
}
