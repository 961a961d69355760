import { ApiError } from '../api-error.js';
import { textOf } from './query.js';
import type { Query } from './query.js';

/** The number of `?limit=`, from 1 to `max`. Throws ApiError 400 for anything else. */
export function limitOf(query: Query, byDefault: number, max: number): number {
  const text = textOf(query, 'limit') ?? String(byDefault);
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (limit >= 1 && limit <= max) return limit;
  throw new ApiError(400, `limit: "${text.slice(0, 100)}" is not a number from 1 to ${max}`);
}
