import type { CatalogApp } from '../../catalog/types.js';
import type { Logger } from '../../common/logger.js';
import type { PathId } from '../../common/path-id.js';
import { findTakenPorts } from '../apply/bind-preflight.js';
import type { TakenPort } from '../apply/bind-preflight.js';
import type { Culprit } from '../culprits.js';
import type { Rule } from '../rules/rule.js';
import type { UpdateInputs } from './attempt.js';

interface Rejection<T> {
  /** The definition that was rejected: a new one gets a new chance. */
  readonly of: T;
  readonly reason: string;
}

/** Remembers what HAProxy or the machine does not take: apps, rules and ports, which the next text is made without. */
export class LeftOut {
  readonly #logger: Logger;
  readonly #ports = new Map<number, TakenPort>();
  readonly #apps = new Map<PathId, Rejection<CatalogApp | undefined>>();
  readonly #rules = new Map<PathId, Rejection<Rule | undefined>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get hasPorts(): boolean {
    return this.#ports.size > 0;
  }

  /** Why a port is left out; undefined: it is not. */
  portProblem(port: number): string | undefined {
    return this.#ports.get(port)?.reason;
  }

  /** Why an app or a rule is left out; undefined: it is not. */
  rejected(kind: Culprit['kind'], id: PathId): string | undefined {
    return (kind === 'app' ? this.#apps : this.#rules).get(id)?.reason;
  }

  /** Forgets what was rejected of apps and rules that are others by now. */
  forgetChanged({ catalog, rules }: UpdateInputs): void {
    for (const [id, { of }] of this.#apps) if (catalog.apps.get(id) !== of) this.#apps.delete(id);
    for (const [id, { of }] of this.#rules) if (rules.get(id) !== of) this.#rules.delete(id);
  }

  /** HAProxy does not accept what is rendered of these; `message` is what it says. */
  reject(culprits: readonly Culprit[], { catalog, rules }: UpdateInputs, message: string): void {
    const reason = `HAProxy does not accept it: ${message}`;
    for (const { kind, id } of culprits) {
      if (kind === 'app') this.#apps.set(id, { of: catalog.apps.get(id), reason });
      else this.#rules.set(id, { of: rules.get(id), reason });
      this.#logger.error({ kind, id, reason: message }, 'left out, as HAProxy does not accept it');
    }
  }

  /** Leaves out those ports that are among `known`. True when there was one that had not been left out. */
  leaveOutPorts(ports: readonly TakenPort[], known: ReadonlySet<number>): boolean {
    const mine = ports.filter(({ port }) => known.has(port) && !this.#ports.has(port));
    for (const taken of mine) {
      const { port, reason } = taken;
      this.#ports.set(port, taken);
      this.#logger.error({ port, reason }, 'left out, as the port is not to be had');
    }
    return mine.length > 0;
  }

  /** Looks which ports are to be had again. True when there is one. */
  async recheckPorts(): Promise<boolean> {
    const taken = await findTakenPorts([...this.#ports.values()].map(({ host, port }) => ({ host, port })));
    const still = new Set(taken.map(({ port }) => port));
    const free = [...this.#ports.keys()].filter((port) => !still.has(port));
    for (const port of free) this.#ports.delete(port);
    return free.length > 0;
  }
}
