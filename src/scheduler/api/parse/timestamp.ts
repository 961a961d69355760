import { toTimestamp } from '../../core/timestamps.js';
import type { Timestamp } from '../../model/app-definition.js';
import { ApiError } from '../api-error.js';

const isoDate = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** Reads an ISO 8601 time in any of its usual forms as Marathon's. Throws ApiError 422 for anything else. */
export function parseTimestamp(text: string): Timestamp {
  // Times without a zone are UTC, as in Marathon; Date would take the machine's
  const zoned = text.includes('T') && !/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? `${text}Z` : text;
  const ms = isoDate.test(text) ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(ms)) throw new ApiError(422, `Invalid format: "${text}" is not an ISO 8601 timestamp`);
  return toTimestamp(ms);
}
