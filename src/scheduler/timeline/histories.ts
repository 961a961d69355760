import { beginningOf } from '../../common/beginning-of.js';
import type { PathId } from '../../common/path-id.js';
import type { Clock } from '../../common/time.js';
import { toTimestamp } from '../core/timestamps.js';
import type { Timestamp } from '../model/app-definition.js';
import type { RunSpecKind } from '../model/run-spec.js';
import type { Happening, TimelineEntry } from './types.js';

/** How much is kept. */
export interface HistoryLimits {
  /** Of each app and pod; the newest. */
  readonly perApp: number;
  /** Of all together: what was told nothing of for the longest time is forgotten as a whole. */
  readonly total: number;
  /** Of what was deleted: so long. */
  readonly goneMs: number;
}

export const historyLimits: HistoryLimits = { perApp: 200, total: 20_000, goneMs: 3_600_000 };

const maxTextLength = 300;
/** As long as what is kept of a task's last words. */
const maxWhyLength = 1_000;

/** What is known of one app or pod. */
export interface History {
  readonly kind: RunSpecKind;
  /** From when on it is known. */
  readonly since: Timestamp;
  /** The oldest first. */
  readonly entries: readonly TimelineEntry[];
}

interface KeptHistory extends History {
  since: Timestamp;
  readonly entries: TimelineEntry[];
}

/** What has happened to each app and pod, as far as it is kept; in memory. */
export class Histories {
  readonly #clock: Clock;
  readonly #limits: HistoryLimits;
  /** Since when everything is known. */
  readonly #begin: () => Timestamp;
  /** The one that was last added to is the last one. */
  readonly #kept = new Map<PathId, KeptHistory>();
  /** When apps and pods were deleted, the first one first. */
  readonly #gone = new Map<PathId, number>();
  #forgottenAt: Timestamp | undefined;
  #seq = 0;
  #total = 0;

  constructor(clock: Clock, begin: () => Timestamp, limits: HistoryLimits = historyLimits) {
    this.#clock = clock;
    this.#begin = begin;
    this.#limits = limits;
  }

  /** How many entries are kept. */
  get size(): number {
    return this.#total;
  }

  add(id: PathId, kind: RunSpecKind, happening: Happening): void {
    const nowMs = this.#clock();
    const at = toTimestamp(nowMs);
    this.#forgetGone(nowMs);
    const known = this.#kept.get(id);
    // An app where there was a pod has a past of its own, and that of the pod
    const history: KeptHistory =
      known === undefined ? { kind, since: this.#forgottenAt ?? this.#begin(), entries: [] } : { ...known, kind };
    this.#kept.delete(id);
    this.#kept.set(id, history);
    const { why = null, instance = null, task = null, host = null, deployment = null, version = null } = happening;
    history.entries.push({
      seq: ++this.#seq,
      at,
      kind: happening.kind,
      level: happening.level,
      text: beginningOf(happening.text, maxTextLength),
      why: why === null ? null : beginningOf(why, maxWhyLength),
      instance,
      task,
      host,
      deployment,
      version,
    });
    this.#total++;
    if (history.entries.length > this.#limits.perApp) {
      history.since = history.entries.shift()?.at ?? at;
      this.#total--;
    }
    while (this.#total > this.#limits.total) this.#forgetOldest(at);
  }

  /** Undefined: nothing is known of it. */
  of(id: PathId): History | undefined {
    this.#forgetGone(this.#clock());
    return this.#kept.get(id);
  }

  /** From when on everything is known of what has no history. */
  get since(): Timestamp {
    return this.#forgottenAt ?? this.#begin();
  }

  /** An app or pod is there, or is no more. */
  setThere(id: PathId, isThere: boolean): void {
    if (isThere) this.#gone.delete(id);
    else if (!this.#gone.has(id) && this.#kept.has(id)) this.#gone.set(id, this.#clock());
  }

  #forgetOldest(at: Timestamp): void {
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#forget(oldest, at);
  }

  #forgetGone(nowMs: number): void {
    for (const [id, goneAtMs] of this.#gone) {
      if (nowMs - goneAtMs < this.#limits.goneMs) return;
      this.#forget(id, toTimestamp(nowMs));
    }
  }

  #forget(id: PathId, at: Timestamp): void {
    this.#gone.delete(id);
    const history = this.#kept.get(id);
    if (history === undefined) return;
    this.#kept.delete(id);
    this.#total -= history.entries.length;
    this.#forgottenAt = at;
  }
}
