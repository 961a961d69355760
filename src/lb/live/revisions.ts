import { randomUUID } from 'node:crypto';
import type { LbStatus } from '../api/routes.js';
import type { Routing } from '../compile/routing-model.js';
import type { RuleHistory } from '../rules/rule-history.js';
import type { RuleStore } from '../rules/rule-store.js';
import type { ProxyChange } from '../update/change-records.js';

/** What of the API is another one than before: each number grows when what it stands for has changed. */
export interface LbRevisions {
  /** Unique to this process: after another one began, everything is to be read again. */
  readonly process: string;
  /** Of `/ekiden/v1/rules` and their history. */
  readonly rules: number;
  /** Of what is routed where: `/ekiden/v1/routes`, and the names behind `/ekiden/v1/backends`. */
  readonly routing: number;
  /** Of `/ekiden/v1/status` (but for the position in the catalog), `/ekiden/v1/config` and `/ekiden/v1/reloads`. */
  readonly status: number;
}

/** Each of them stands for something that is compared by `===`. */
type Facts = readonly unknown[];

export interface RevisionParts {
  readonly rules: RuleStore;
  readonly history: RuleHistory;
  readonly routing: () => Routing | undefined;
  readonly status: () => LbStatus;
  /** The newest first. */
  readonly changes: () => readonly ProxyChange[];
}

const same = (a: Facts, b: Facts): boolean => a.length === b.length && a.every((fact, index) => fact === b[index]);

/**
 * Numbers what is shown. Looks whether it is as it was at the look before, so that nothing has to be told to it, and nobody pays for it who is
 * not watched: of large things only the identity is compared, which stays while they do.
 */
export class LiveRevisions {
  readonly #parts: RevisionParts;
  #facts: { readonly rules: Facts; readonly routing: Facts; readonly status: Facts } | undefined;
  #current: LbRevisions = { process: randomUUID(), rules: 1, routing: 1, status: 1 };

  constructor(parts: RevisionParts) {
    this.#parts = parts;
  }

  /** As of the last look; another object after each that found something. */
  get current(): LbRevisions {
    return this.#current;
  }

  /** True when something is another one than at the last look; the first one only takes note. */
  look(): boolean {
    const facts = this.#read();
    const before = this.#facts ?? facts;
    this.#facts = facts;
    const grown = (name: keyof typeof facts): number => (same(before[name], facts[name]) ? 0 : 1);
    const [rules, routing, status] = [grown('rules'), grown('routing'), grown('status')];
    if (rules + routing + status === 0) return false;
    const { current } = this;
    this.#current = {
      process: current.process,
      rules: current.rules + rules,
      routing: current.routing + routing,
      status: current.status + status,
    };
    return true;
  }

  #read(): { readonly rules: Facts; readonly routing: Facts; readonly status: Facts } {
    const { rules, history } = this.#parts;
    const status = this.#parts.status();
    const routing = this.#parts.routing();
    const { haproxy, counts, lastReload, lastRuntimeChange, draining, reports } = status;
    // What a rule's state is made from.
    const ruleReports = reports.filter(({ kind }) => kind === 'rule');
    return {
      rules: [
        ...[rules.rules, rules.problem, history.changes[0], routing?.routes],
        ...rules.leftOut.flatMap(({ id, reason }) => [id, reason]),
        ...ruleReports.flatMap(({ id, reason }) => [id, reason]),
      ],
      routing: [
        ...[routing?.routes, routing?.model.backends, routing?.model.listeners],
        ...[routing?.model.http?.bind, routing?.model.https?.bind, routing?.model.appId?.bind],
      ],
      status: [
        ...[haproxy.state, haproxy.pid, haproxy.generation, counts.oldProcesses],
        ...[status.synced, status.connected, status.scheduler, status.rules.count, status.rules.problem],
        ...[lastReload, lastRuntimeChange, this.#parts.changes()[0]],
        ...[draining.length, ...draining],
        ...reports.flatMap(({ kind, id, reason }) => [kind, id, reason]),
      ],
    };
  }
}
