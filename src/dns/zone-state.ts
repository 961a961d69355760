import type { Logger } from '../common/logger.js';
import type { Clock } from '../common/time.js';
import type { ZoneSettings } from './answer/zone.js';
import { Reasons } from './explain/reasons.js';
import { DurationBuckets } from '../common/duration-buckets.js';
import { generate } from './records/generate.js';
import type { RecordOptions } from './records/options.js';
import { RecordSet } from './records/record-set.js';
import { nextSerial } from './records/serial.js';
import { nameServerOwner } from './records/view.js';
import type { ZoneChange } from './served/zone-change.js';
import type { ClusterView } from './source/cluster-view.js';

/** So many owners are brought up to date before queries are answered again (about 10 ms of work). */
const ownersPerTurn = 256;
/** So many owners with problems are told per turn. */
const maxProblemsTold = 10;

/**
 * The zone as it is made: the records of the view, brought up to date in turns of the event loop, so that many changes at
 * once become one. What changed in a turn is published to those who answer queries (ServedZone).
 */
export class ZoneState {
  readonly settings: ZoneSettings;
  readonly records = new RecordSet();
  /** Why names are not there. */
  readonly reasons: Reasons;
  serial: number;
  synced = false;
  /** When a record last appeared or disappeared, in milliseconds since 1970. */
  lastChangeMs: number | undefined;
  /** Since when nobody has told of the cluster, in milliseconds since 1970; null while somebody does. */
  staleSinceMs: number | null = null;
  /** How long changes of the view have waited for their records. */
  readonly waits = new DurationBuckets();

  readonly #view: ClusterView;
  readonly #options: RecordOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listeners = new Set<(change: ZoneChange) => void>();
  #scheduled: NodeJS.Immediate | undefined;
  #mayBeSynced = false;
  #wantedStaleSinceMs: number | null = null;
  /** Since when there is something to do. */
  #behindSinceMs: number | undefined;
  #settling: (() => void)[] = [];
  #stopped = false;

  constructor(options: {
    view: ClusterView;
    settings: ZoneSettings;
    recordOptions: RecordOptions;
    clock: Clock;
    logger: Logger;
    /** Why the zone is not served, while it is not. */
    notReady?: () => string;
  }) {
    this.settings = options.settings;
    this.#view = options.view;
    this.#options = options.recordOptions;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.serial = nextSerial(0, this.#clock() / 1000);
    this.reasons = new Reasons({
      view: this.#view,
      options: this.#options,
      notReady: options.notReady ?? (() => 'no Mesos master has been reached yet'),
      hasRecords: (name) => this.records.find(name) !== undefined,
    });
    // The one owner that no change of the cluster touches.
    const generated = generate(this.#view, nameServerOwner, this.#options);
    this.records.replace(nameServerOwner, generated.records);
    this.reasons.follow(nameServerOwner, generated);
    this.reasons.take(this.synced);
  }

  /** Sees to it that the records follow the view soon. `seen`: the view shows a cluster, so it can count as synced. */
  follow(seen: boolean): void {
    this.#mayBeSynced ||= seen;
    if (this.#view.hasTouched) this.#behindSinceMs ??= this.#clock();
    if (this.#scheduled !== undefined || this.#stopped) return;
    this.#scheduled = setImmediate(() => {
      this.#scheduled = undefined;
      this.#turn();
    });
  }

  /** Says since when nobody has told of the cluster. It counts as soon as the records are those of the view. */
  setStaleSince(staleSinceMs: number | null): void {
    this.#wantedStaleSinceMs = staleSinceMs;
    if (staleSinceMs !== this.staleSinceMs) this.follow(false);
  }

  /** Resolves when the records are those of the view, once there is something to do, or never when it is stopped before. */
  settled(): Promise<void> {
    this.follow(false);
    return new Promise((resolve) => this.#settling.push(resolve));
  }

  /** Tells `listener` of everything there is, and from then on, until the returned function is called, of what changes. */
  subscribe(listener: (change: ZoneChange) => void): () => void {
    listener({ ...this.#position(), names: this.records.allData(), reasons: this.reasons.all() });
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stays as it is from now on. */
  stop(): void {
    this.#stopped = true;
    clearImmediate(this.#scheduled);
  }

  #turn(): void {
    let changed = false;
    let told = 0;
    for (const owner of this.#view.takeTouched(ownersPerTurn)) {
      const generated = generate(this.#view, owner, this.#options);
      const { records, problems, avoided } = generated;
      changed = this.records.replace(owner, records, avoided) || changed;
      this.reasons.follow(owner, generated);
      if (problems.length > 0 && told++ < maxProblemsTold) {
        this.#logger.warn({ owner: owner.replaceAll('\n', ' '), problems }, 'not every record can be published');
      }
    }
    if (changed) {
      this.lastChangeMs = this.#clock();
      this.serial = nextSerial(this.serial, this.lastChangeMs / 1000);
    }
    const { synced, staleSinceMs } = this;
    if (this.#view.hasTouched) this.follow(false);
    else {
      this.synced ||= this.#mayBeSynced;
      this.staleSinceMs = this.#wantedStaleSinceMs;
    }
    const reasons = this.reasons.take(this.synced);
    if (this.reasons.hasMore) this.follow(false);
    if (changed || this.synced !== synced || this.staleSinceMs !== staleSinceMs || reasons.length > 0) {
      this.#publish(reasons);
    }
    if (!this.#view.hasTouched) this.#caughtUp();
  }

  #caughtUp(): void {
    if (this.#behindSinceMs !== undefined) this.waits.record(this.#clock() - this.#behindSinceMs);
    this.#behindSinceMs = undefined;
    for (const resolve of this.#settling.splice(0)) resolve();
  }

  #publish(reasons: ZoneChange['reasons']): void {
    const change: ZoneChange = { ...this.#position(), names: this.records.takeChanges(), reasons };
    for (const listener of this.#listeners) listener(change);
  }

  #position(): Pick<ZoneChange, 'serial' | 'synced' | 'staleSinceMs'> {
    return { serial: this.serial, synced: this.synced, staleSinceMs: this.staleSinceMs };
  }
}
