import { types } from 'node:util';

/** What a synchronous method has returned. Throws TypeError for a promise; should that fail, nobody needs to hear of it any more. */
export function synchronous(value: unknown): unknown {
  if (!types.isPromise(value)) return value;
  value.catch(() => undefined);
  throw new TypeError('it must be synchronous, and has returned a promise');
}
