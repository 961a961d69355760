import { verbosities } from '../../../common/log-levels.js';
import type { Verbosity } from '../../../common/log-levels.js';
import type { Violation } from '../../core/commands.js';
import { notValid, wrongShape } from '../api-error.js';
import { parseJson } from './body.js';

/** The body of POST /logging. */
export interface LoggerChange {
  readonly logger: string;
  readonly level: Verbosity;
  /** After this time the level is what it was; undefined: it stays. */
  readonly durationSeconds: number | undefined;
}

/** The longest that a timer of Node's takes. */
const maxDurationSeconds = Math.floor((2 ** 31 - 1) / 1000);

function parseLevel(value: unknown): Verbosity | undefined {
  return typeof value === 'string' ? verbosities.find((known) => known === value.toLowerCase()) : undefined;
}

/** Reads it. Throws ApiError 400 for what is no JSON, 422 for wrong types and for levels and times that do not exist. */
export function parseLoggerChange(body: unknown): LoggerChange {
  const json = parseJson(body);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw wrongShape([{ path: '/', errors: ['error.expected.jsobject'] }]);
  }
  const { logger = null, level = null, durationSeconds = null } = json as Readonly<Record<string, unknown>>;
  const parsedLevel = parseLevel(level);
  const violations: Violation[] = [];
  if (typeof logger !== 'string') {
    violations.push({ path: '/logger', errors: [logger === null ? 'error.path.missing' : 'error.expected.jsstring'] });
  }
  if (level === null) violations.push({ path: '/level', errors: ['error.path.missing'] });
  else if (typeof level !== 'string') violations.push({ path: '/level', errors: ['error.expected.jsstring'] });
  else if (parsedLevel === undefined) violations.push({ path: '/level', errors: ['error.unknown.enum.literal'] });
  if (durationSeconds !== null && !Number.isInteger(durationSeconds)) {
    violations.push({
      path: '/durationSeconds',
      errors: [typeof durationSeconds === 'number' ? 'error.expected.int' : 'error.expected.jsnumber'],
    });
  }
  if (typeof logger !== 'string' || parsedLevel === undefined || violations.length > 0) throw wrongShape(violations);
  if (typeof durationSeconds !== 'number') return { logger, level: parsedLevel, durationSeconds: undefined };
  if (durationSeconds < 1 || durationSeconds > maxDurationSeconds) {
    const error = `got ${durationSeconds}, expected between 1 and ${maxDurationSeconds}`;
    throw notValid([{ path: '/durationSeconds', errors: [error] }]);
  }
  return { logger, level: parsedLevel, durationSeconds };
}
