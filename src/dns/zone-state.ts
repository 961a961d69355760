import type { Logger } from '../common/logger.js';
import type { Clock } from '../common/time.js';
import type { ZoneSettings } from './answer/zone.js';
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
  serial: number;
  synced = false;
  /** When a record last appeared or disappeared, in milliseconds since 1970. */
  lastChangeMs: number | undefined;

  readonly #view: ClusterView;
  readonly #options: RecordOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listeners = new Set<(change: ZoneChange) => void>();
  #scheduled: NodeJS.Immediate | undefined;
  #mayBeSynced = false;
  #stopped = false;

  constructor(options: {
    view: ClusterView;
    settings: ZoneSettings;
    recordOptions: RecordOptions;
    clock: Clock;
    logger: Logger;
  }) {
    this.settings = options.settings;
    this.#view = options.view;
    this.#options = options.recordOptions;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.serial = nextSerial(0, this.#clock() / 1000);
    // The one owner that no change of the cluster touches.
    this.records.replace(nameServerOwner, generate(this.#view, nameServerOwner, this.#options).records);
  }

  /** Sees to it that the records follow the view soon. `seen`: the view shows a cluster, so it can count as synced. */
  follow(seen: boolean): void {
    this.#mayBeSynced ||= seen;
    if (this.#scheduled !== undefined || this.#stopped) return;
    this.#scheduled = setImmediate(() => {
      this.#scheduled = undefined;
      this.#turn();
    });
  }

  /** Tells `listener` of everything there is, and from then on, until the returned function is called, of what changes. */
  subscribe(listener: (change: ZoneChange) => void): () => void {
    listener({ ...this.#position(), names: this.records.allData(), reasons: [] });
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
      const { records, problems } = generate(this.#view, owner, this.#options);
      changed = this.records.replace(owner, records) || changed;
      if (problems.length > 0 && told++ < maxProblemsTold) {
        this.#logger.warn({ owner: owner.replaceAll('\n', ' '), problems }, 'not every record can be published');
      }
    }
    if (changed) {
      this.lastChangeMs = this.#clock();
      this.serial = nextSerial(this.serial, this.lastChangeMs / 1000);
    }
    const wasSynced = this.synced;
    if (this.#view.hasTouched) this.follow(false);
    else if (this.#mayBeSynced) this.synced = true;
    if (changed || this.synced !== wasSynced) this.#publish();
  }

  #publish(): void {
    const change: ZoneChange = { ...this.#position(), names: this.records.takeChanges(), reasons: [] };
    for (const listener of this.#listeners) listener(change);
  }

  #position(): Pick<ZoneChange, 'serial' | 'synced' | 'staleSinceMs'> {
    return { serial: this.serial, synced: this.synced, staleSinceMs: null };
  }
}
