import type { PathId } from '../../common/path-id.js';
import type { Owner } from '../records/view.js';

/** Who may have records under a name: an owner of records, or an app of the scheduler, whose tasks are such owners once they run. */
export type Expecting = Owner | `app ${PathId}`;

/** Which names somebody has or should have, by both. A change costs the names of the one whose names change. */
export class OwnerNames {
  readonly #names = new Map<Expecting, readonly string[]>();
  /** Most names have one owner: a set for each would cost several times as much. */
  readonly #owners = new Map<string, Expecting | Set<Expecting>>();

  namesOf(owner: Expecting): readonly string[] {
    return this.#names.get(owner) ?? [];
  }

  /** In the order in which they came. */
  *ownersOf(name: string): Generator<Expecting, void, undefined> {
    const owners = this.#owners.get(name);
    if (typeof owners === 'string') yield owners;
    else if (owners !== undefined) yield* owners;
  }

  /** Gives `owner` these names, which are different ones, instead of those it had. */
  set(owner: Expecting, names: readonly string[]): void {
    const old = this.namesOf(owner);
    if (old.length === names.length && old.every((name, i) => name === names[i])) return;
    const stale = new Set(old);
    for (const name of names) if (!stale.delete(name)) this.#add(name, owner);
    for (const name of stale) this.#remove(name, owner);
    if (names.length === 0) this.#names.delete(owner);
    else this.#names.set(owner, names);
  }

  #add(name: string, owner: Expecting): void {
    const owners = this.#owners.get(name);
    if (owners === undefined) this.#owners.set(name, owner);
    else if (typeof owners === 'string') this.#owners.set(name, new Set([owners, owner]));
    else owners.add(owner);
  }

  #remove(name: string, owner: Expecting): void {
    const owners = this.#owners.get(name);
    if (owners === owner) this.#owners.delete(name);
    else if (typeof owners === 'object') {
      owners.delete(owner);
      if (owners.size === 0) this.#owners.delete(name);
    }
  }
}
