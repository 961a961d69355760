import type { RuntimeChange } from '../plan/runtime-change.js';
import { boundedLines, changeWords, messageLines } from './change-words.js';

export interface LastReload {
  /** ISO 8601. */
  readonly at: string;
  readonly reasons: readonly string[];
  /** From the rendered text to the verified takeover. */
  readonly durationMs: number;
}

/** A change that the running process was told. */
export interface LastRuntimeChange {
  /** ISO 8601. */
  readonly at: string;
  /** How many things it was told. */
  readonly changes: number;
  /** From the rendered text until it was in force. */
  readonly durationMs: number;
}

/** One change of what HAProxy does, or an attempt at one. */
export interface ProxyChange {
  /** ISO 8601. */
  readonly at: string;
  /**
   * `reload`: it was replaced. `runtime`: it was told. `failed`: it could not be changed, and does what it did before. `restart`: it was not
   * running, and was started with the last good configuration.
   */
  readonly kind: 'reload' | 'runtime' | 'failed' | 'restart';
  /** Until it was in force; null where nothing came into force. */
  readonly durationMs: number | null;
  /** Why it was replaced, what it was told, or what went wrong, in HAProxy's own words where it has some; at most 20 lines, without secrets. */
  readonly reasons: readonly string[];
  /** Of the configuration that is in force after it; null: there is none, or it is not known. */
  readonly generation: string | null;
}

const maxChanges = 100;

const tenths = (ms: number): number => Math.round(ms * 10) / 10;

/** Remembers what was changed since this role began. */
export class ChangeRecords {
  readonly #generation: () => string | undefined;
  #reloads = 0;
  #runtimeChanges = 0;
  #lastReload: LastReload | undefined;
  #lastRuntimeChange: LastRuntimeChange | undefined;
  /** The newest last. */
  #changes: readonly ProxyChange[] = [];

  /** `generation`: of the configuration that HAProxy runs. */
  constructor(generation: () => string | undefined) {
    this.#generation = generation;
  }

  get lastReload(): LastReload | undefined {
    return this.#lastReload;
  }

  get lastRuntimeChange(): LastRuntimeChange | undefined {
    return this.#lastRuntimeChange;
  }

  /** How often HAProxy was replaced, and how many things it was told. */
  get counts(): { readonly reloads: number; readonly runtimeChanges: number } {
    return { reloads: this.#reloads, runtimeChanges: this.#runtimeChanges };
  }

  /** The last hundred, the newest first. */
  get changes(): readonly ProxyChange[] {
    return [...this.#changes].reverse();
  }

  /** The last of them; another object with each change. */
  get newest(): ProxyChange | undefined {
    return this.#changes.at(-1);
  }

  /** HAProxy was replaced; or started anew, after it was found not to run. */
  reload(
    kind: 'reload' | 'restart',
    { reasons, durationMs }: { readonly reasons: readonly string[]; readonly durationMs: number },
  ): void {
    this.#reloads += 1;
    this.#lastReload = { at: new Date().toISOString(), reasons, durationMs: Math.round(durationMs) };
    this.#add(kind, tenths(durationMs), boundedLines(reasons, reasons.length));
  }

  /** The running HAProxy was told something; nothing, where only remarks in the text are different. */
  runtime(changes: readonly RuntimeChange[], durationMs: number): void {
    this.#runtimeChanges += changes.length;
    this.#lastRuntimeChange = {
      at: new Date().toISOString(),
      changes: changes.length,
      durationMs: tenths(durationMs),
    };
    if (changes.length > 0) this.#add('runtime', tenths(durationMs), changeWords(changes));
  }

  /** It could not be changed. What fails again and again in the same way stands there once, with the time of the last attempt. */
  failed(message: string): void {
    const reasons = messageLines(message);
    const before = this.newest;
    if (before?.kind === 'failed' && before.reasons.join('\n') === reasons.join('\n')) {
      this.#changes = this.#changes.slice(0, -1);
    }
    this.#add('failed', null, reasons);
  }

  #add(kind: ProxyChange['kind'], durationMs: number | null, reasons: readonly string[]): void {
    const generation = this.#generation() ?? null;
    const change = { at: new Date().toISOString(), kind, durationMs, reasons, generation };
    this.#changes = [...this.#changes.slice(1 - maxChanges), change];
  }
}
