import type { Clock } from '../../common/time.js';
import type { SharedAnswer } from './shared-answer.js';

interface Kept {
  readonly answer: SharedAnswer;
  readonly sinceMs: number;
  readonly bytes: number;
}

/** What an entry takes besides the message, its key and its offsets, roughly. */
const entryBytes = 300;
const offsetBytes = 8;

/** Answers of resolvers, for as long as they say; those that were not asked for longest make room for others. */
export class AnswerCache {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Kept>();
  #bytes = 0;

  constructor(limits: { readonly maxEntries: number; readonly maxBytes: number }, clock: Clock) {
    this.#maxEntries = limits.maxEntries;
    this.#maxBytes = limits.maxBytes;
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The answer, and how old it is. */
  get(key: string): { readonly answer: SharedAnswer; readonly ageSeconds: number } | undefined {
    const kept = this.#entries.get(key);
    if (kept === undefined) return undefined;
    const ageSeconds = Math.max(0, Math.floor((this.#clock() - kept.sinceMs) / 1000));
    this.#drop(key, kept);
    if (ageSeconds >= kept.answer.keepSeconds) return undefined;
    this.#put(key, kept);
    return { answer: kept.answer, ageSeconds };
  }

  set(key: string, answer: SharedAnswer): void {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#drop(key, old);
    const bytes =
      entryBytes + key.length + answer.message.length + answer.errors.length + answer.ttlOffsets.length * offsetBytes;
    if (answer.keepSeconds === 0 || bytes > this.#maxBytes) return;
    this.#put(key, { answer, sinceMs: this.#clock(), bytes });
    for (const [oldest, kept] of this.#entries) {
      if (this.#entries.size <= this.#maxEntries && this.#bytes <= this.#maxBytes) return;
      this.#drop(oldest, kept);
    }
  }

  #put(key: string, kept: Kept): void {
    this.#entries.set(key, kept);
    this.#bytes += kept.bytes;
  }

  #drop(key: string, kept: Kept): void {
    this.#entries.delete(key);
    this.#bytes -= kept.bytes;
  }
}
