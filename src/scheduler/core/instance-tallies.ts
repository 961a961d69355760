import type { PathId } from '../../common/path-id.js';
import type { Timestamp } from '../model/app-definition.js';
import type { Instance } from '../model/instance.js';

/** What a deployment has to know of an instance. */
export interface Standing {
  /** It was asked to end, and its end is waited for. */
  readonly ending: boolean;
  /** It is to end for good. */
  readonly leaving: boolean;
  /** It was stopped and has ended, and its place is kept. */
  readonly parked: boolean;
  /** It is neither parked nor given up as unreachable. */
  readonly active: boolean;
  /** It is active, and to run: it counts towards the wanted number. */
  readonly kept: boolean;
  /** It is kept in a place of its own, and its agent is lost. */
  readonly awaited: boolean;
  /** It is kept, and considered healthy. */
  readonly healthy: boolean;
  /** It is healthy, and its readiness check, if it has one, has succeeded. */
  readonly up: boolean;
}

/** How many instances of an app or pod, or of some of its versions, are there, and in which standing. */
export type Tally = { readonly [Name in keyof Standing]: number } & { readonly total: number };

type Counts = { -readonly [Name in keyof Tally]: number };

const none: Tally = { total: 0, ending: 0, leaving: 0, parked: 0, active: 0, kept: 0, awaited: 0, healthy: 0, up: 0 };

function count(counts: Counts, standing: Standing, by: 1 | -1): void {
  counts.total += by;
  if (standing.ending) counts.ending += by;
  if (standing.leaving) counts.leaving += by;
  if (standing.parked) counts.parked += by;
  if (standing.active) counts.active += by;
  if (standing.kept) counts.kept += by;
  if (standing.awaited) counts.awaited += by;
  if (standing.healthy) counts.healthy += by;
  if (standing.up) counts.up += by;
}

function sum(tallies: Iterable<Tally>): Tally {
  const all: Counts = { ...none };
  for (const tally of tallies) {
    all.total += tally.total;
    all.ending += tally.ending;
    all.leaving += tally.leaving;
    all.parked += tally.parked;
    all.active += tally.active;
    all.kept += tally.kept;
    all.awaited += tally.awaited;
    all.healthy += tally.healthy;
    all.up += tally.up;
  }
  return all;
}

/** An instance as it was last counted. */
interface Counted {
  readonly appId: PathId;
  readonly version: Timestamp;
  readonly standing: Standing;
}

/**
 * The instances of each app counted by their standing, kept up to date instance by instance: an app with very many of them is not to be
 * looked through whenever one changes.
 */
export class InstanceTallies {
  readonly #counted = new Map<string, Counted>();
  readonly #tallies = new Map<PathId, Map<Timestamp, Counts>>();

  /** The instances of an app or pod, whatever their version. */
  of(appId: PathId): Tally {
    const versions = this.#tallies.get(appId);
    return versions === undefined ? none : sum(versions.values());
  }

  /** Those of them whose version is before, or from, `version` on. */
  split(appId: PathId, version: Timestamp): { readonly before: Tally; readonly from: Tally } {
    const versions = [...(this.#tallies.get(appId) ?? [])];
    return {
      before: sum(versions.flatMap(([v, tally]) => (v < version ? [tally] : []))),
      from: sum(versions.flatMap(([v, tally]) => (v < version ? [] : [tally]))),
    };
  }

  /** The versions that live instances of an app or pod have. */
  versionsOf(appId: PathId): readonly Timestamp[] {
    return [...(this.#tallies.get(appId)?.keys() ?? [])];
  }

  /**
   * Counts an instance as what it is now, in place of what it was; undefined: it is gone. Returns what takes that back; undefined: nothing
   * has changed.
   */
  set(
    { id, appId, appVersion: version }: Pick<Instance, 'id' | 'appId' | 'appVersion'>,
    standing: Standing | undefined,
  ): (() => void) | undefined {
    const before = this.#counted.get(id);
    if (before === undefined && standing === undefined) return undefined;
    if (before?.version === version && standing !== undefined && equalStandings(before.standing, standing)) {
      return undefined;
    }
    const now = standing === undefined ? undefined : { appId, version, standing };
    this.#replace(id, before, now);
    return () => this.#replace(id, now, before);
  }

  #replace(id: string, before: Counted | undefined, now: Counted | undefined): void {
    if (before !== undefined) this.#count(before, -1);
    if (now === undefined) this.#counted.delete(id);
    else {
      this.#counted.set(id, now);
      this.#count(now, 1);
    }
  }

  #count({ appId, version, standing }: Counted, by: 1 | -1): void {
    const versions = this.#tallies.get(appId) ?? new Map<Timestamp, Counts>();
    const counts = versions.get(version) ?? { ...none };
    count(counts, standing, by);
    if (counts.total > 0) {
      versions.set(version, counts);
      this.#tallies.set(appId, versions);
    } else {
      versions.delete(version);
      if (versions.size === 0) this.#tallies.delete(appId);
    }
  }
}

function equalStandings(a: Standing, b: Standing): boolean {
  return (
    a.ending === b.ending &&
    a.leaving === b.leaving &&
    a.parked === b.parked &&
    a.active === b.active &&
    a.kept === b.kept &&
    a.awaited === b.awaited &&
    a.healthy === b.healthy &&
    a.up === b.up
  );
}
