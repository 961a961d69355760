import { wrongShape } from '../api-error.js';
import { parseJson } from './body.js';

/** The body of PATCH /v2/groups/{id}: `{"enforceRole": true}`; undefined when it names nothing. Throws ApiError 400 or 422. */
export function parseEnforceRole(body: unknown): boolean | undefined {
  const json = parseJson(body);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw wrongShape([{ path: '/', errors: ['error.expected.jsobject'] }]);
  }
  const { enforceRole } = json as { enforceRole?: unknown };
  if (enforceRole === undefined || enforceRole === null) return undefined;
  if (typeof enforceRole === 'boolean') return enforceRole;
  throw wrongShape([{ path: '/enforceRole', errors: ['error.expected.jsboolean'] }]);
}
