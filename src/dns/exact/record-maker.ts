import { messageOf } from '../../common/errors.js';
import type { ZoneSettings } from '../answer/zone.js';
import { generate, ownersOf } from '../records/generate.js';
import type { RecordOptions } from '../records/options.js';
import { dataOf } from '../records/record.js';
import type { DnsRecord } from '../records/record.js';
import type { NameRecords } from '../records/record-set.js';
import type { HostPort, View } from '../records/view.js';
import type { NameData } from '../served/zone-change.js';
import { axfrDocument, enumerateDocument } from '../servers/http-documents.js';
import { mesosDnsJson } from '../servers/mesos-dns-json.js';
import { ExactRecords } from './exact-records.js';
import type { NameChanges } from './exact-zone.js';
import { leaderOf, readState, StateError, viewOf } from './state-document.js';
import type { StateDocument } from './state-document.js';

/** What is to be looked up of a state before records can be made of it. */
export interface HostsOfState {
  /** Without an address of these the whole document is rejected. */
  readonly needed: readonly string[];
  /** Without an address of these only what needs it is left out. */
  readonly wanted: readonly string[];
}

/** What a state amounts to. */
export interface Made {
  /** Names that are to be taken with `take`. */
  readonly changes: number;
  /** They are all names that there are, and not those that changed since the last time. */
  readonly whole: boolean;
  readonly records: number;
  readonly tasks: number;
}

/** Of plain data, as it comes from another thread. */
export interface MakeInput {
  readonly hostAddresses: ReadonlyMap<string, readonly string[]>;
  readonly options: RecordOptions;
}

export interface AxfrInput {
  readonly settings: ZoneSettings;
  readonly serial: number;
  readonly refreshSeconds: number;
}

const emptyView: View = {
  agents: new Map(),
  frameworks: new Map(),
  tasks: new Map(),
  leader: undefined,
  hostAddresses: new Map(),
};

/** The records of a name as plain data, without what is empty; PTR records are none of Mesos-DNS. */
function nameDataOf({ A, AAAA, SRV }: NameRecords): NameData {
  return {
    ...(A.length === 0 ? {} : { a: A.map(({ address }) => address) }),
    ...(AAAA.length === 0 ? {} : { aaaa: AAAA.map(({ address }) => address) }),
    ...(SRV.length === 0 ? {} : { srv: SRV.map(({ target, port }) => [target, port] as const) }),
  };
}

function sameRecords(one: readonly DnsRecord[], other: readonly DnsRecord[]): boolean {
  return (
    one.length === other.length && one.every((record, index) => dataOf(record) === dataOf(other[index] as DnsRecord))
  );
}

function isSame(one: NameRecords, other: NameRecords): boolean {
  return sameRecords(one.A, other.A) && sameRecords(one.AAAA, other.AAAA) && sameRecords(one.SRV, other.SRV);
}

/**
 * Makes records of states, step by step: `parse` a text, `read` it when it is the leader's, `make` the records of it, `take` what changed. Everything
 * that takes long in that; it runs in a thread of its own (record-worker.ts).
 */
export class RecordMaker {
  #document: unknown;
  #state: StateDocument | undefined;
  #view = emptyView;
  #options: RecordOptions | undefined;
  #records: ExactRecords | undefined;
  #changes: [name: string, data: NameData | null][] = [];

  /** The leader that a state names. Throws StateError for what is none. */
  parse(body: string): HostPort {
    this.#document = undefined;
    try {
      this.#document = JSON.parse(body);
    } catch (error) {
      throw new StateError(`that is no JSON: ${messageOf(error)}`);
    }
    return leaderOf(this.#document);
  }

  /** Reads what was parsed last. Throws StateError. */
  read(): HostsOfState {
    this.#state = readState(this.#document);
    this.#document = undefined;
    return { needed: [...this.#state.neededHosts], wanted: [...this.#state.wantedHosts] };
  }

  /** Makes the records of what was read last. What changed before and was not taken is forgotten. */
  make({ hostAddresses, options }: MakeInput): Made {
    const state = this.#state;
    if (state === undefined) throw new StateError('no state was read');
    this.#state = undefined;
    this.#view = viewOf(state, hostAddresses);
    this.#options = options;
    const before = this.#records;
    const records = new ExactRecords();
    for (const owner of ownersOf(this.#view)) {
      for (const record of generate(this.#view, owner, options).records) records.add(record);
    }
    this.#records = records;
    this.#changes = [];
    for (const name of records.names()) {
      const now = records.find(name);
      const then = before?.find(name);
      if (now !== undefined && (then === undefined || !isSame(then, now))) this.#changes.push([name, nameDataOf(now)]);
    }
    for (const name of before?.names() ?? []) if (records.find(name) === undefined) this.#changes.push([name, null]);
    return {
      changes: this.#changes.length,
      whole: before === undefined,
      records: records.size,
      tasks: this.#view.tasks.size,
    };
  }

  /** At most so many of the changes that are left. */
  take(most: number): NameChanges {
    return this.#changes.splice(0, most);
  }

  /** `/v1/enumerate`, as text. */
  enumerate(): string {
    if (this.#options === undefined) throw new StateError('no state was read');
    return mesosDnsJson(enumerateDocument(this.#view, this.#options));
  }

  /** `/v1/axfr`, as text. */
  axfr({ settings, serial, refreshSeconds }: AxfrInput): string {
    return mesosDnsJson(axfrDocument(this.#records ?? new ExactRecords(), settings, serial, refreshSeconds));
  }
}
