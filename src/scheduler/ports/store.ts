import type { StoreOperation } from '../core/effects.js';

/** Another process holds the store. */
export class StoreLockedError extends Error {
  override readonly name = 'StoreLockedError';
}

/** Records of JSON by key, to be read. */
export interface ReadableStore {
  /** The record, or undefined. */
  get(key: string): Promise<unknown>;
  /** All records whose key starts with `prefix`, in the order of their keys. */
  list(prefix: string): AsyncIterable<readonly [key: string, value: unknown]>;
}

/**
 * Durable records of JSON by key. Keys are text without NUL; they are listed in code unit order. A write is all or nothing and
 * durable when it resolves; writes are applied in the order of the calls.
 */
export interface Store extends ReadableStore {
  /** Applies all operations or, when it rejects, an unknown part of the process's future: the caller must stop (design.md §3). */
  write(operations: readonly StoreOperation[]): Promise<void>;
  /** Size of all keys and values written so far, where the store knows it; in bytes or, for text, in code units. */
  readonly bytesWritten?: number;
  /** How many processes have held the store, this one included, where the store counts them. */
  readonly epoch?: number;
  close(): Promise<void>;
}
