import type { PodUpdate } from '../../core/normalize/pods/pod-update.js';
import { podSchema } from '../../core/validate/pods/pod-schema.js';
import { elementPath } from '../../core/validate/violations.js';
import { notValid, wrongShape } from '../api-error.js';
import { parseJson, parseShape } from './body.js';

/** How Marathon prints what an instance id has to look like. */
const shownPattern = String.raw`^(.+)\.(instance-|marathon-)([^\.]+)$`;

/** Whether a text may be the id of an instance: `<safe path>.instance-<uuid>`, in old times `<safe path>.marathon-<uuid>`. */
export function isInstanceId(text: string): boolean {
  const dot = text.lastIndexOf('.');
  return dot > 0 && /^(?:instance-|marathon-)./s.test(text.slice(dot + 1));
}

function badInstanceId(path: string): { path: string; errors: string[] } {
  return { path, errors: [`must fully match regular expression '${shownPattern}'`] };
}

/** One pod, whole. Throws ApiError 422. */
export function readPod(json: unknown): PodUpdate {
  return parseShape(podSchema, json);
}

/** The body of a POST or PUT. Throws ApiError. */
export function parsePod(body: unknown): PodUpdate {
  return readPod(parseJson(body));
}

/** The instance id of a URL. Throws ApiError 422 when it cannot be one. */
export function parseInstanceId(text: string): string {
  if (!isInstanceId(text)) throw notValid([badInstanceId('/')]);
  return text;
}

/** The body of `DELETE /v2/pods/{id}::instances`: a list of instance ids, in Marathon a set. Throws ApiError. */
export function parseInstanceIds(body: unknown): ReadonlySet<string> {
  const json = parseJson(body);
  if (!Array.isArray(json)) throw wrongShape([{ path: '/', errors: ['error.expected.jsarray'] }]);
  const wrong = json.flatMap((id, i) => (typeof id === 'string' ? [] : [elementPath('', i)]));
  if (wrong.length > 0) throw wrongShape(wrong.map((path) => ({ path, errors: ['error.expected.jsstring'] })));
  const ids = json as readonly string[];
  const bad = ids.flatMap((id, i) => (isInstanceId(id) ? [] : [badInstanceId(elementPath('', i))]));
  if (bad.length > 0) throw notValid(bad);
  return new Set(ids);
}
