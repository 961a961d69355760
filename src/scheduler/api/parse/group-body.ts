import type { GroupUpdate } from '../../core/normalize/group-update.js';
import { groupUpdateSchema } from '../../core/validate/group-schema.js';
import { parseJson, parseShape } from './body.js';

/** A group, everything in it of the right types; paths of violations lead through the groups: `/groups(0)/apps(1)/cmd`. Throws ApiError 422. */
export function readGroupUpdate(json: unknown): GroupUpdate {
  return parseShape(groupUpdateSchema, json);
}

/** The body of a POST or PUT of a group. Throws ApiError 400 (no JSON) or 422. */
export function parseGroupUpdate(body: unknown): GroupUpdate {
  return readGroupUpdate(parseJson(body));
}
