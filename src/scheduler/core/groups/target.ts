import type { PathId } from '../../../common/path-id.js';
import type { RunSpec } from '../../model/run-spec.js';
import { runSpecOf } from '../state.js';
import type { SchedulerState } from '../state.js';
import { changedId } from './changes.js';
import type { GroupContent, RootUpdate } from './changes.js';
import { ancestorsOf } from './tree.js';

/** The root group as it will be when an update has been carried out, read through the present one: making it costs only what changes. */
export class Target {
  readonly #state: SchedulerState;
  readonly #runSpecs = new Map<PathId, RunSpec | undefined>();
  readonly #groups: ReadonlyMap<PathId, GroupContent>;
  /** What the update creates, by the group that it lies in directly. */
  readonly #newRunSpecsIn = new Map<PathId, PathId[]>();
  readonly #newGroupsIn = new Map<PathId, Set<PathId>>();

  constructor(state: SchedulerState, update: RootUpdate) {
    this.#state = state;
    this.#groups = update.groups;
    for (const change of update.runSpecs) {
      const id = changedId(change);
      this.#runSpecs.set(id, change.kind === 'delete' ? undefined : change.to);
      if (change.kind === 'create') this.#addRunSpec(id);
    }
    for (const [id, content] of update.groups) if (content !== undefined) this.#addGroup(id);
  }

  #addRunSpec(id: PathId): void {
    const [parent = '/'] = ancestorsOf(id);
    const siblings = this.#newRunSpecsIn.get(parent);
    if (siblings === undefined) this.#newRunSpecsIn.set(parent, [id]);
    else siblings.push(id);
    this.#addGroup(parent);
  }

  #addGroup(id: PathId): void {
    let child = id;
    for (const parent of ancestorsOf(id)) {
      if (!this.#state.groups.has(child)) {
        const siblings = this.#newGroupsIn.get(parent) ?? new Set();
        this.#newGroupsIn.set(parent, siblings.add(child));
      }
      child = parent;
    }
  }

  runSpec(id: PathId): RunSpec | undefined {
    return this.#runSpecs.has(id) ? this.#runSpecs.get(id) : runSpecOf(this.#state, id);
  }

  /** What the group has of its own; undefined also for a group that exists only because something lies in it. */
  group(id: PathId): GroupContent {
    return this.#groups.has(id) ? this.#groups.get(id) : this.#state.groups.get(id);
  }

  /** The apps and pods directly in a group. */
  runSpecsIn(group: PathId): PathId[] {
    const kept = [...(this.#state.contents.get(group)?.runSpecs ?? [])].filter((id) => this.runSpec(id) !== undefined);
    const fresh = (this.#newRunSpecsIn.get(group) ?? []).filter((id) => this.runSpec(id) !== undefined);
    return [...new Set([...kept, ...fresh])];
  }

  /** The groups directly in a group, those that hold nothing and are to go included. */
  groupsIn(group: PathId): PathId[] {
    return [...new Set([...(this.#state.contents.get(group)?.groups ?? []), ...(this.#newGroupsIn.get(group) ?? [])])];
  }

  /** Whether any app or pod lies below the group, at any depth. */
  holdsRunSpecs(group: PathId): boolean {
    return this.runSpecsBelow(group)[Symbol.iterator]().next().done !== true;
  }

  /** The apps and pods below a group, at any depth. */
  *runSpecsBelow(group: PathId): Iterable<PathId> {
    const open = [group];
    for (const id of open) {
      yield* this.runSpecsIn(id);
      open.push(...this.groupsIn(id));
    }
  }
}
