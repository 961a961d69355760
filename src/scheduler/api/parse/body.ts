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

/** One app, with its id. */
export function readApp(json: unknown): AppUpdate {
  return parseShape(appSchema, json);
}

/** The body of POST /v2/apps. */
export function parseApp(body: unknown): AppUpdate {
  return readApp(parseJson(body));
}

/** An app to be laid over the one that is there. */
export function readAppUpdate(json: unknown): AppUpdate {
  return parseShape(appUpdateSchema, json);
}

/** The body of a PUT or PATCH of one app. */
export function parseAppUpdate(body: unknown): AppUpdate {
  return readAppUpdate(parseJson(body));
}

/** Several apps. Paths of violations begin with the element: `(1)/mem`. */
export function readAppUpdates(json: unknown): readonly AppUpdate[] {
  if (!Array.isArray(json)) throw wrongShape([{ path: '/', errors: ['error.expected.jsarray'] }]);
  const read = json.map((element) => readJson(appUpdateSchema, element));
  const problems = read.flatMap(({ problems }, i) =>
    problems.map(({ path, error }) => ({ path: elementPath('', i) + path, error })),
  );
  if (problems.length > 0) throw wrongShape(violationsOf(problems));
  return read.map(({ value }) => value as AppUpdate);
}

/** The body of a PUT or PATCH of several apps. */
export function parseAppUpdates(body: unknown): readonly AppUpdate[] {
  return readAppUpdates(parseJson(body));
}
