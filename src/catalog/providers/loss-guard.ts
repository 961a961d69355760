import type { CatalogView } from '../catalog.js';

/** What an answer has; or had, of what is known. */
interface Ids {
  readonly apps: ReadonlySet<string>;
  readonly instances: ReadonlySet<string>;
}

interface Suspicion extends Ids {
  /** Of the first look in a row that gave a suspicious answer. */
  readonly since: number;
  /** Of the first look that showed these losses. */
  readonly seenAt: number;
}

export interface LossGuardOptions {
  /** How much later a second look has to show the same. Default 3 s. */
  readonly confirmAfterMs?: number;
  /** Answers that lack something else each time are believed after so long. Default 60 s. */
  readonly patienceMs?: number;
}

/**
 * Says no to an answer by which much is suddenly gone: all apps or instances, or more than half of them, without anybody having told of their
 * end. A leader that has just been elected, or a proxy in between, may not know them yet. A second look has to show the same: nothing that
 * was missing is there again.
 */
export class LossGuard {
  readonly confirmAfterMs: number;
  readonly #patienceMs: number;
  #suspicion: Suspicion | undefined;

  constructor({ confirmAfterMs = 3_000, patienceMs = 60_000 }: LossGuardOptions = {}) {
    this.confirmAfterMs = confirmAfterMs;
    this.#patienceMs = patienceMs;
  }

  /**
   * Why `answer` is not to be taken over where `known` is known; undefined when it is. `isTold`: an app or task whose end was told. `now`:
   * milliseconds of a clock that does not jump.
   */
  judge(known: CatalogView, answer: Ids, isTold: (id: string) => boolean, now: number): string | undefined {
    const apps = new Set<string>();
    for (const id of known.apps.keys()) if (!answer.apps.has(id) && !isTold(id)) apps.add(id);
    const instances = new Set<string>();
    for (const { taskId, appId } of known.instances.values()) {
      if (!answer.instances.has(taskId) && !isTold(taskId) && !isTold(appId)) instances.add(taskId);
    }
    if (apps.size * 2 <= known.apps.size && instances.size * 2 <= known.instances.size) {
      this.#suspicion = undefined;
      return undefined;
    }
    const before = this.#suspicion;
    const agrees = before !== undefined && isWithin(before.apps, apps) && isWithin(before.instances, instances);
    const since = before?.since ?? now;
    if ((agrees && now - before.seenAt >= this.confirmAfterMs) || now - since >= this.#patienceMs) {
      this.#suspicion = undefined;
      return undefined;
    }
    if (!agrees) this.#suspicion = { apps, instances, since, seenAt: now };
    return (
      `${apps.size} of ${known.apps.size} apps and ${instances.size} of ${known.instances.size} instances are suddenly gone: ` +
      'that is not taken over until a second look shows the same'
    );
  }
}

function isWithin(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  for (const id of part) if (!whole.has(id)) return false;
  return true;
}
