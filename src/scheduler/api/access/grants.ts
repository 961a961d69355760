import type { PathId } from '../../../common/path-id.js';
import type { AccessAction } from '../access.js';

/**
 * What a rule is about: `/prod` is the thing of that id and all below it, `/prod/*` only what is below. Segments are compared as a
 * whole: `/prod` has nothing to do with `/production`.
 */
export interface PathPattern {
  readonly id: PathId;
  /** Not the thing itself, only what is below it. */
  readonly belowOnly: boolean;
}

/** What is granted somewhere. */
export interface PathGrant {
  readonly actions: readonly AccessAction[];
  readonly paths: readonly PathPattern[];
}

/** One segment of an id in the tree of all that is granted; actions are sets of bits. */
interface Node {
  /** Granted on the thing itself. */
  own: number;
  /** Granted on all that is below, at any depth. */
  below: number;
  /** Something below may be viewed. */
  leadsToView: boolean;
  readonly children: Map<string, Node>;
}

const bitOf: Readonly<Record<AccessAction, number>> = { view: 1, create: 2, update: 4, delete: 8 };

function newNode(): Node {
  return { own: 0, below: 0, leadsToView: false, children: new Map() };
}

/**
 * What somebody may do on which ids, made ready for asking: a question costs one look-up per segment of the id, and ends where no rule
 * goes on, however long the id is.
 */
export class Grants {
  readonly #root = newNode();

  constructor(grants: Iterable<PathGrant>) {
    for (const { actions, paths } of grants) {
      const bits = actions.reduce((set, action) => set | bitOf[action], 0);
      for (const path of paths) this.#add(path, bits);
    }
  }

  #add({ id, belowOnly }: PathPattern, bits: number): void {
    const views = (bits & bitOf.view) !== 0;
    let node = this.#root;
    for (const segment of id === '/' ? [] : id.slice(1).split('/')) {
      if (views) node.leadsToView = true;
      let child = node.children.get(segment);
      if (child === undefined) node.children.set(segment, (child = newNode()));
      node = child;
    }
    node.below |= bits;
    if (!belowOnly) node.own |= bits;
    else if (views) node.leadsToView = true;
  }

  /**
   * Whether an action is granted on an id, which must be absolute and free of `.` and `..` (`resolvePathId`). Whoever may view a thing
   * may view the groups that it lies in: they are the way to it.
   */
  permits(action: AccessAction, kind: 'app' | 'pod' | 'group', id: PathId): boolean {
    const bit = bitOf[action];
    let node = this.#root;
    for (let start = 1; start < id.length;) {
      if ((node.below & bit) !== 0) return true;
      const slash = id.indexOf('/', start);
      const end = slash < 0 ? id.length : slash;
      const child = node.children.get(id.slice(start, end));
      if (child === undefined) return false;
      node = child;
      start = end + 1;
    }
    return (node.own & bit) !== 0 || (node.leadsToView && action === 'view' && kind === 'group');
  }
}
