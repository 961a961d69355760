import type { CatalogPosition } from '../../catalog/types.js';
import type { Logger } from '../../common/logger.js';
import type { ApplyOutcome, ProxyControl } from '../apply/proxy-control.js';
import type { ProxySettings, Report } from '../compile/routing-model.js';
import { findCulprits } from '../culprits.js';
import type { DrainWatch } from '../drain/drain-watch.js';
import type { KeptDecisions } from '../kept-decisions.js';
import type { RuntimeChange } from '../plan/runtime-change.js';
import type { FinishedText } from '../render/configuration-text.js';
import type { Attempt } from './attempt.js';
import type { ChangeRecords } from './change-records.js';
import { failureText } from './change-words.js';
import type { LeftOut } from './left-out.js';
import type { Pace } from './pace.js';
import { withdrawnTasks } from './withdrawn-tasks.js';

export interface SettlementParts {
  readonly control: ProxyControl;
  readonly settings: () => ProxySettings;
  readonly decisions: KeptDecisions;
  readonly drains: DrainWatch;
  readonly pace: Pace;
  readonly records: ChangeRecords;
  readonly leftOut: LeftOut;
  /** There is no haproxy program. */
  readonly onMissing: () => void;
  readonly logger: Logger;
}

/** Draws the conclusions from how attempts end: what is in force, what is reported, and what is left out or tried again. */
export class Settlement {
  readonly #parts: SettlementParts;
  #position: CatalogPosition | undefined;
  /** One that came after the good one and cannot be used: the good one serves on, with what becomes of apps and rules. */
  #badTemplate: { readonly template: string; readonly report: Report } | undefined;
  /** A text that HAProxy or the template's author has to be asked about; not tried again. */
  #refused: { readonly config: FinishedText; readonly report: Report } | undefined;
  #report: Report | undefined;

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /** What HAProxy does is true as of this position of the catalog. */
  get position(): CatalogPosition | undefined {
    return this.#position;
  }

  /** What is wrong with the template, and with the last update as a whole. */
  get reports(): readonly Report[] {
    return [
      ...(this.#badTemplate === undefined ? [] : [this.#badTemplate.report]),
      ...(this.#report === undefined ? [] : [this.#report]),
    ];
  }

  /** The template to be used: the wanted one, or the last one that was in force where that is known to be bad. */
  templateFor(wanted: string): string {
    if (this.#badTemplate?.template !== wanted) this.#badTemplate = undefined;
    return this.#badTemplate === undefined ? wanted : (this.#parts.decisions.template ?? wanted);
  }

  /** An update came to no end. */
  threw(reason: string): void {
    this.#fail('haproxy', 'update', reason);
  }

  /** A template gave no text. True when there is one to go back to. */
  notRendered(template: string, reason: string): boolean {
    this.#parts.pace.concluded();
    this.#fail('template', 'haproxy.cfg', reason);
    if (this.#fallBack(template)) return true;
    // It may only have taken too long.
    this.#parts.pace.tryAgainLater();
    return false;
  }

  /** Whether a text is the one that HAProxy has refused; what can be told all the same is told. */
  async isRefused(attempt: Attempt): Promise<boolean> {
    if (this.#refused === undefined) return false;
    // What can be told is not kept waiting by a check that will most likely say no again.
    await this.#withoutReload(attempt);
    if (!isSame(this.#refused.config, attempt.config)) return false;
    this.#badTemplate = undefined;
    this.#report = this.#refused.report;
    return true;
  }

  /** Draws the conclusions from an attempt; true when another one, with something left out, is worth it. */
  async settle(outcome: ApplyOutcome, attempt: Attempt): Promise<boolean> {
    const { control, decisions, drains, pace, records, onMissing, logger } = this.#parts;
    const { routing, config, startedAt } = attempt;
    switch (outcome.kind) {
      case 'unchanged':
      case 'changed':
      case 'running':
        pace.succeeded();
        this.#refused = undefined;
        this.#report = undefined;
        decisions.keep({ owners: routing.owners, template: attempt.template });
        this.#position = attempt.position;
        if (outcome.kind === 'changed') this.#noteChanges(outcome.changes, outcome.durationMs);
        await drains.inForce(attempt.position, attempt.draining, routing.leaving);
        if (outcome.kind === 'running') {
          pace.reloaded(startedAt);
          records.reload('reload', outcome);
          await control.remember();
          const { generation } = config;
          const { reasons, durationMs } = outcome;
          logger.info({ pid: control.running?.pid, generation, durationMs, reasons }, 'HAProxy reloaded');
        }
        return false;
      case 'postponed':
        pace.postponed();
        if (outcome.changes.length > 0) this.#noteChanges(outcome.changes, performance.now() - startedAt);
        // One that only keeps its distance comes soon, and says it then; after failures it may be a minute.
        if (pace.hasFailedReload) await this.#acknowledgeWithdrawn(attempt);
        return false;
      case 'missing':
        pace.concluded();
        records.failed(failureText(outcome));
        onMissing();
        await this.#withoutReload(attempt);
        return false;
      case 'failed':
        pace.concluded();
        pace.tryAgainLater();
        this.#fail('haproxy', 'reload', outcome.message);
        await this.#withoutReload(attempt);
        return false;
      case 'ports-taken':
        return this.#leaveOutPorts(outcome, attempt);
      case 'refused':
        return this.#leaveOutCulprits(outcome, attempt);
    }
  }

  /** Goes back to the last template that was in force. False when there is none, or this is it. */
  #fallBack(template: string): boolean {
    const report = this.#report;
    const good = this.#parts.decisions.template;
    if (report === undefined || good === undefined || template === good) return false;
    this.#badTemplate = { template, report };
    this.#report = undefined;
    return true;
  }

  /**
   * Brings into force what can be told to the process that runs, when it cannot be replaced for the rest: servers come and go also
   * while a text is refused. Withdrawn is what the process does not have any more.
   */
  async #withoutReload(attempt: Attempt): Promise<void> {
    const startedAt = performance.now();
    const outcome = await this.#parts.control.apply(attempt.config, { mayReload: false });
    if ((outcome.kind === 'postponed' || outcome.kind === 'changed') && outcome.changes.length > 0)
      this.#noteChanges(outcome.changes, performance.now() - startedAt);
    await this.#acknowledgeWithdrawn(attempt);
  }

  /** Says what is withdrawn by now, though not all of an update is in force: what is about to be killed does not wait for the rest. */
  async #acknowledgeWithdrawn(attempt: Attempt): Promise<void> {
    const { control, drains } = this.#parts;
    const { position, draining } = attempt;
    if (control.running === undefined) {
      // Nothing is routed, so nobody is waited for.
      await drains.inForce(position, draining, []);
      return;
    }
    if (draining.length === 0 || control.running.text === undefined) return;
    const withdrawn = withdrawnTasks(control.running.text, attempt);
    await drains.inForce(position, withdrawn.draining, withdrawn.leaving);
  }

  /** Takes note of ports that cannot be had. True when the model knows them, so that they can be left out. */
  async #leaveOutPorts(outcome: ApplyOutcome & { kind: 'ports-taken' }, attempt: Attempt): Promise<boolean> {
    const { leftOut, records, pace } = this.#parts;
    const { ports } = outcome;
    const settings = this.#parts.settings();
    const known = new Set([
      ...[settings.httpPort, settings.httpsPort, settings.statsPort, settings.appIdPort],
      ...attempt.routing.model.listeners.map(({ port }) => port),
    ]);
    if (leftOut.leaveOutPorts(ports, known)) {
      records.failed(failureText(outcome));
      return true;
    }
    this.#fail('port', ports.map(({ port }) => port).join(', '), ports.map(({ reason }) => reason).join(', '));
    if (this.#fallBack(attempt.template)) return true;
    pace.tryAgainLater();
    await this.#withoutReload(attempt);
    return false;
  }

  /** Takes note of what HAProxy does not accept. True when that is apps or rules, or the template, so that they can be left out. */
  async #leaveOutCulprits(outcome: ApplyOutcome & { kind: 'refused' }, attempt: Attempt): Promise<boolean> {
    const { leftOut, pace } = this.#parts;
    const { message, lines } = outcome;
    const { config, routing, inputs } = attempt;
    // A new template may break the section of every app: the apps are at fault where the template before it is refused, too.
    this.#fail('haproxy', 'haproxy -c', message);
    if (this.#fallBack(attempt.template)) return true;
    this.#badTemplate = undefined;
    const culprits = findCulprits(config.text, lines, routing.model);
    leftOut.reject(culprits, inputs, message);
    if (culprits.length > 0) return true;
    pace.concluded();
    this.#refused = { config, report: { kind: 'haproxy', id: 'haproxy -c', reason: message } };
    await this.#withoutReload(attempt);
    return false;
  }

  #noteChanges(changes: readonly RuntimeChange[], durationMs: number): void {
    this.#parts.records.runtime(changes, durationMs);
    this.#parts.logger.debug({ changes: changes.length, durationMs }, 'HAProxy was told what is different');
  }

  #fail(kind: Report['kind'], id: string, reason: string): void {
    this.#report = { kind, id, reason };
    this.#parts.records.failed(reason);
    this.#parts.logger.error({ kind, id, reason }, 'the configuration could not be renewed; the last good one stays');
  }
}

const isSame = (a: FinishedText, b: FinishedText): boolean =>
  a.text === b.text &&
  a.maps.length === b.maps.length &&
  a.maps.every((map, index) => map.entries === b.maps[index]?.entries);
