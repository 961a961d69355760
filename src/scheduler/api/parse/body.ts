import { messageOf } from '../../../common/errors.js';
import type { AppUpdate } from '../../core/normalize/app-update.js';
import { appSchema, appUpdateSchema } from '../../core/validate/app-schema.js';
import { readJson } from '../../core/validate/schema.js';
import type { Schema } from '../../core/validate/schema.js';
import { elementPath, violationsOf } from '../../core/validate/violations.js';
import { ApiError, wrongShape } from '../api-error.js';

/** Reads a body as JSON. Throws ApiError 400: no body, or malformed. */
export function parseJson(body: unknown): unknown {
  if (typeof body !== 'string' || body.trim() === '') {
    throw new ApiError(400, 'Please specify data in JSON format', { details: 'The request has no body' });
  }
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new ApiError(400, 'Invalid JSON', { details: messageOf(error) });
  }
}

/** Reads a JSON value by a schema. Throws ApiError 422 that lists every member of a wrong type. */
export function parseShape(schema: Schema, json: unknown): AppUpdate {
  const { value, problems } = readJson(schema, json);
  if (problems.length > 0) throw wrongShape(violationsOf(problems));
  return value as AppUpdate;
}

/** The body of POST /v2/apps: one app, with its id. */
export function parseApp(body: unknown): AppUpdate {
  return parseShape(appSchema, parseJson(body));
}

/** The body of a PUT or PATCH of one app. */
export function parseAppUpdate(body: unknown): AppUpdate {
  return parseShape(appUpdateSchema, parseJson(body));
}

/** The body of a PUT or PATCH of several apps. Paths of violations begin with the element: `(1)/mem`. */
export function parseAppUpdates(body: unknown): readonly AppUpdate[] {
  const json = parseJson(body);
  if (!Array.isArray(json)) throw wrongShape([{ path: '/', errors: ['error.expected.jsarray'] }]);
  const read = json.map((element) => readJson(appUpdateSchema, element));
  const problems = read.flatMap(({ problems }, i) =>
    problems.map(({ path, error }) => ({ path: elementPath('', i) + path, error })),
  );
  if (problems.length > 0) throw wrongShape(violationsOf(problems));
  return read.map(({ value }) => value as AppUpdate);
}
