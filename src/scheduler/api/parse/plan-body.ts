import type { AppUpdate } from '../../core/normalize/app-update.js';
import type { GroupUpdate } from '../../core/normalize/group-update.js';
import type { PodUpdate } from '../../core/normalize/pods/pod-update.js';
import { wrongShape } from '../api-error.js';
import { parseJson, readApp, readAppUpdate, readAppUpdates } from './body.js';
import { readGroupUpdate } from './group-body.js';
import { readPod } from './pod-body.js';

/** What a plan is asked for: exactly one of what Marathon's resources take. */
export type PlanBody =
  /** One app: POST /v2/apps if there is none with its id (`created`), else PUT /v2/apps/{id} (`updated`). */
  | { readonly type: 'app'; readonly created: () => AppUpdate; readonly updated: () => AppUpdate; readonly id: unknown }
  /** Several apps: PUT /v2/apps. */
  | { readonly type: 'apps'; readonly updates: readonly AppUpdate[] }
  /** PUT /v2/groups. */
  | { readonly type: 'group'; readonly update: GroupUpdate }
  /** POST /v2/pods or PUT /v2/pods/{id}. */
  | { readonly type: 'pod'; readonly update: PodUpdate };

const members = ['app', 'apps', 'group', 'pod'];

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/**
 * The body of POST /ekiden/v1/plan: `{"app": …}`, `{"apps": […]}`, `{"group": …}` or `{"pod": …}`. Paths of violations are those of the real
 * request. Throws ApiError 400 (no JSON) or 422.
 */
export function parsePlanBody(body: unknown): PlanBody {
  const json = parseJson(body);
  if (!isObject(json)) throw wrongShape([{ path: '/', errors: ['error.expected.jsobject'] }]);
  const names = Object.keys(json).filter((name) => json[name] !== null);
  const [name = ''] = names;
  if (names.length !== 1 || !members.includes(name)) {
    throw wrongShape([{ path: '/', errors: [`exactly one of ${members.join(', ')} is expected`] }]);
  }
  const value = json[name];
  switch (name) {
    case 'app': {
      if (!isObject(value)) throw wrongShape([{ path: '/', errors: ['error.expected.jsobject'] }]);
      return { type: 'app', id: value['id'], created: () => readApp(value), updated: () => readAppUpdate(value) };
    }
    case 'apps':
      return { type: 'apps', updates: readAppUpdates(value) };
    case 'group':
      return { type: 'group', update: readGroupUpdate(value) };
    default:
      return { type: 'pod', update: readPod(value) };
  }
}
