import type { PathId } from '../../common/path-id.js';
import type { Clock } from '../../common/time.js';
import { runSpecOf } from '../core/state.js';
import type { SchedulerState } from '../core/state.js';
import type { Deployment } from '../model/deployment.js';
import type { StateChange, StateChanges } from '../state-changes.js';
import { overviewApp } from './app-row.js';
import { Audience } from './audience.js';
import type { Changed } from './audience.js';
import type { View } from './view.js';

/** Changes are told at most so often. */
const everyMs = 200;
/** Where telling itself takes long, because very many who may not see everything read, at most this part of the time goes into it. */
const maxShare = 0.1;
const maxEveryMs = 5_000;
/** So many may read unless said otherwise: each page that somebody looks at is a reader. */
const defaultMaxReaders = 500;
/** What only those read who look at an app more closely (offers that were refused, checks that fail again) is told of so often. */
const observedEveryMs = 5_000;
/** And of so many apps and pods at a time, the longest unseen first: in a cluster that is full each offer says something of all that wait. */
const maxObserved = 1_000;
/** So many lines are made at a time when somebody begins to read: the engine has its turns in between. */
const rowsAtOnce = 500;

/** Sends one event; `data` is one line of JSON. */
export type Send = (event: 'snapshot' | 'change', data: string) => void;

/** Calls `run` after a time, at the earliest when the present turn is over; returns what cancels it. */
export type Schedule = (run: () => void, afterMs: number) => () => void;

export interface OverviewParts {
  /** Of this leadership. */
  readonly epoch: string;
  readonly state: SchedulerState;
  readonly changes: StateChanges;
  readonly clock: Clock;
  /** Default: timers of Node. */
  readonly schedule?: Schedule;
  /** Default 500. */
  readonly maxReaders?: number;
}

function scheduleOnTimers(run: () => void, afterMs: number): () => void {
  if (afterMs <= 0) {
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(run, afterMs);
  return () => clearTimeout(timer);
}

/**
 * Gathers what the lists of the interface show: one line for each app and pod, made again when something of it has changed, once for all
 * readers. Nothing is heard or made while nobody reads. What changes is told at once after quiet, and then at most every 200 ms.
 */
export class Overview {
  readonly #parts: OverviewParts;
  readonly #schedule: Schedule;
  readonly #rows = new Map<PathId, string>();
  readonly #everybody: Audience;
  readonly #audiences = new Map<Audience, Set<Send>>();
  /** Of them, those who wait for their snapshot until every line is made. */
  readonly #newcomers: { readonly audience: Audience; readonly send: Send }[] = [];
  #readers = 0;
  #isComplete = false;
  #endHearing: (() => void) | undefined;

  readonly #changed = new Set<PathId>();
  readonly #observed = new Set<PathId>();
  /** Groups as they were told, and whether there are others now; of no concern is what of a group has changed. */
  #groups: ReadonlySet<PathId> = new Set();
  #groupsChanged = false;
  #deployments: readonly Deployment[] = [];
  #master: string | undefined;
  #frameworkId: string | undefined;
  #toldAtMs = -Infinity;
  #everyMs = everyMs;
  #observedToldAtMs = -Infinity;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;
  #cancelFilling: (() => void) | undefined;

  constructor(parts: OverviewParts) {
    this.#parts = parts;
    this.#schedule = parts.schedule ?? scheduleOnTimers;
    this.#everybody = new Audience({ ...parts, rows: this.#rows });
  }

  get readers(): number {
    return this.#readers;
  }

  get maxReaders(): number {
    return this.#parts.maxReaders ?? defaultMaxReaders;
  }

  /**
   * Begins to tell somebody everything that he may see (`view`; undefined: everything): a snapshot, then changes, until the returned
   * function is called. The caller has seen that there are fewer readers than there may be.
   */
  open(send: Send, view?: View): () => void {
    const { state, clock } = this.#parts;
    const audience =
      view === undefined
        ? this.#everybody
        : new Audience({ epoch: this.#parts.epoch, state, clock, rows: this.#rows }, view);
    const newcomer = { audience, send };
    this.#readers++;
    if (this.#endHearing === undefined) this.#begin();
    if (this.#isComplete) this.#welcome(newcomer);
    else this.#newcomers.push(newcomer);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#leave(newcomer);
    };
  }

  #welcome({ audience, send }: { readonly audience: Audience; readonly send: Send }): void {
    const known = this.#audiences.get(audience);
    const texts = audience.snapshot(known === undefined);
    this.#audiences.set(audience, (known ?? new Set<Send>()).add(send));
    for (const text of texts) send('snapshot', text);
  }

  #leave(reader: { readonly audience: Audience; readonly send: Send }): void {
    const waiting = this.#newcomers.indexOf(reader);
    if (waiting >= 0) this.#newcomers.splice(waiting, 1);
    const sends = this.#audiences.get(reader.audience);
    sends?.delete(reader.send);
    if (sends?.size === 0) this.#audiences.delete(reader.audience);
    this.#readers--;
    if (this.#readers === 0) this.#end();
  }

  #begin(): void {
    const { changes, state } = this.#parts;
    this.#endHearing = changes.subscribe((change) => this.#hear(change));
    this.#isComplete = false;
    this.#groups = new Set(state.groups.keys());
    this.#fill([...state.apps.keys(), ...state.pods.keys()], 0);
  }

  #end(): void {
    this.#endHearing?.();
    this.#endHearing = undefined;
    this.#cancelFilling?.();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#rows.clear();
    this.#forgetNews();
    this.#observed.clear();
  }

  /** Makes the lines of the ids from `from` on, some now and the others later; those who wait get them all. */
  #fill(ids: readonly PathId[], from: number): void {
    const to = from + rowsAtOnce;
    for (const id of ids.slice(from, to)) this.#render(id);
    if (to < ids.length) {
      this.#cancelFilling = this.#schedule(() => this.#fill(ids, to), 0);
      return;
    }
    this.#cancelFilling = undefined;
    // What has changed meanwhile is in what they are told first
    this.#takeNews(true);
    this.#isComplete = true;
    for (const newcomer of this.#newcomers.splice(0)) this.#welcome(newcomer);
  }

  /** Makes the line of an app or pod anew. `revision` grows with every turn that changes anything. */
  #render(id: PathId): 'there' | 'gone' | 'unknown' {
    const { state, clock } = this.#parts;
    const runSpec = runSpecOf(state, id);
    if (runSpec === undefined) return this.#rows.delete(id) ? 'gone' : 'unknown';
    this.#rows.set(id, JSON.stringify(overviewApp(state, runSpec, state.changes, clock())));
    return 'there';
  }

  #hear({ changedApps, observedApps, touchedGroups }: StateChange): void {
    for (const id of changedApps) this.#changed.add(id);
    for (const id of observedApps) this.#observed.add(id);
    const { groups } = this.#parts.state;
    for (const id of touchedGroups) if (groups.has(id) !== this.#groups.has(id)) this.#groupsChanged = true;
    this.#plan();
  }

  get #hasNews(): boolean {
    const { connectedMaster, frameworkId } = this.#parts.state;
    return (
      this.#changed.size > 0 ||
      this.#groupsChanged ||
      connectedMaster !== this.#master ||
      frameworkId !== this.#frameworkId
    );
  }

  /** Sees to it that what has changed is told when it may be. */
  #plan(): void {
    const hasNews = this.#hasNews;
    if (!hasNews && this.#observed.size === 0) return;
    const [sinceMs, distanceMs] = hasNews ? [this.#toldAtMs, this.#everyMs] : [this.#observedToldAtMs, observedEveryMs];
    const nowMs = this.#parts.clock();
    // A clock that was set back is no reason to wait longer
    const waitMs = Math.min(distanceMs, Math.max(0, sinceMs + distanceMs - nowMs));
    const atMs = nowMs + waitMs;
    if (this.#timer !== undefined && this.#timer.atMs <= atMs) return;
    this.#timer?.cancel();
    this.#timer = { atMs, cancel: this.#schedule(() => this.#tell(), waitMs) };
  }

  #tell(): void {
    this.#timer = undefined;
    const nowMs = this.#parts.clock();
    this.#toldAtMs = nowMs;
    const withObserved = Math.abs(nowMs - this.#observedToldAtMs) >= observedEveryMs;
    if (withObserved) this.#observedToldAtMs = nowMs;
    const changed = this.#takeNews(withObserved);
    if (this.#isComplete) {
      for (const [audience, sends] of this.#audiences) {
        const text = audience.change(changed);
        if (text !== undefined) for (const send of sends) send('change', text);
      }
    }
    const tookMs = this.#parts.clock() - nowMs;
    this.#everyMs = Math.min(maxEveryMs, Math.max(everyMs, tookMs / maxShare));
    this.#plan();
  }

  /** Brings the lines up to date and says which are others now. */
  #takeNews(withObserved: boolean): Changed {
    const { state } = this.#parts;
    if (withObserved) {
      let left = maxObserved;
      for (const id of this.#observed) {
        if (left-- === 0) break;
        this.#changed.add(id);
      }
    }
    for (const id of this.#changed) this.#observed.delete(id);
    const rows: PathId[] = [];
    const gone: PathId[] = [];
    let isDeploying = false;
    for (const id of this.#changed) {
      const found = this.#render(id);
      if (found === 'there') rows.push(id);
      else if (found === 'gone') gone.push(id);
      isDeploying ||= state.locks.has(id);
    }
    const groups = this.#groupsChanged;
    if (groups) this.#groups = new Set(state.groups.keys());
    const known = this.#deployments;
    this.#deployments = [...state.deployments.values()];
    const areOthers = known.length !== this.#deployments.length || this.#deployments.some((one, i) => one !== known[i]);
    this.#forgetNews();
    return { rows, gone, groups, deployments: areOthers || isDeploying };
  }

  #forgetNews(): void {
    const { connectedMaster, frameworkId } = this.#parts.state;
    this.#changed.clear();
    this.#groupsChanged = false;
    this.#master = connectedMaster;
    this.#frameworkId = frameworkId;
  }
}
