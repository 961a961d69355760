import type { CatalogView } from '../catalog/catalog.js';
import type { CatalogApp, CatalogPosition } from '../catalog/types.js';
import { messageOf } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import type { PathId } from '../common/path-id.js';
import { findTakenPorts } from './apply/bind-preflight.js';
import type { TakenPort } from './apply/bind-preflight.js';
import type { ApplyOutcome, ProxyControl } from './apply/proxy-control.js';
import { Compiler } from './compile/compile.js';
import type { CompileInput } from './compile/compile.js';
import type { ProxySettings, Report, Routing, RoutingModel } from './compile/routing-model.js';
import { findCulprits } from './culprits.js';
import { DrainWatch } from './drain/drain-watch.js';
import { hostsToResolve } from './host-addresses.js';
import type { HostAddresses } from './host-addresses.js';
import type { KeptDecisions } from './kept-decisions.js';
import type { ReadingRules } from './labels/service-settings.js';
import { nextReloadAt, nextUpdateAt } from './plan/schedule.js';
import { serversByBackend } from './plan/server-lines.js';
import { finishText } from './render/configuration-text.js';
import type { ConfigurationText, FinishedText } from './render/configuration-text.js';
import type { Renderer } from './render/renderer.js';
import { RenderError } from './render/renderer.js';
import type { Rule } from './rules/rule.js';

/** What an update is made from. */
export interface UpdateInputs {
  readonly catalog: CatalogView;
  /** The catalog has been received; before that nothing is rendered. */
  readonly synced: boolean;
  readonly rules: ReadonlyMap<PathId, Rule>;
  readonly template: string;
}

export interface LastReload {
  /** ISO 8601. */
  readonly at: string;
  readonly reasons: readonly string[];
  /** From the rendered text to the verified takeover. */
  readonly durationMs: number;
}

/** A change that the running process was told. */
export interface LastRuntimeChange {
  /** ISO 8601. */
  readonly at: string;
  /** How many things it was told. */
  readonly changes: number;
  /** From the rendered text until it was in force. */
  readonly durationMs: number;
}

export interface UpdateLoopOptions {
  readonly inputs: () => UpdateInputs;
  readonly settings: ProxySettings;
  /** How the labels of apps are read. */
  readonly reading: ReadingRules;
  readonly control: ProxyControl;
  readonly renderer: Renderer;
  readonly addresses: HostAddresses;
  /** What was decided before, also by an earlier load balancer. */
  readonly decisions: KeptDecisions;
  /** Two reloads together keep at least twice this distance. */
  readonly reloadIntervalMs: number;
  /** Tells the scheduler what is in force, and which draining tasks nobody uses any more. */
  readonly acknowledge: (position: CatalogPosition, drained: readonly string[]) => void;
  readonly logger: Logger;
}

const superviseMs = 200;
/** How often it is looked whether what is about to be killed, or deleted, is still in use. */
const drainLookMs = 100;
const tidyMs = 1_000;
/** How often a missing program, a taken port or an unknown host name is looked for again. */
const recheckMs = 5_000;
/** Bounds what one update tries: each round leaves out what the one before was refused for. */
const maxRounds = 8;

interface Rejection<T> {
  /** The definition that was rejected: a new one gets a new chance. */
  readonly of: T;
  readonly reason: string;
}

/** One update on its way. */
interface Attempt {
  readonly inputs: UpdateInputs;
  readonly routing: Routing;
  readonly config: FinishedText;
  readonly template: string;
  readonly position: CatalogPosition;
  /** The tasks that are about to be killed. */
  readonly draining: readonly string[];
  readonly startedAt: number;
}

/**
 * Keeps HAProxy at what apps, rules and template say: one update after the other, soon after a change, and looks all the time
 * whether HAProxy still runs. All of an update's decisions are made by `compile`, `plan` and `nextUpdateAt`; this is where they
 * meet the world.
 */
export class UpdateLoop {
  readonly #options: UpdateLoopOptions;
  #timer: NodeJS.Timeout | undefined;
  #supervision: NodeJS.Timeout | undefined;
  #started = false;
  #closed = false;
  #work: Promise<void> | undefined;

  #changedAt: number | undefined;
  #lastUpdate: { endedAt: number; durationMs: number } | undefined;
  #lastReloadTimes: { startedAt: number; durationMs: number } | undefined;
  #reloadBefore: { startedAt: number } | undefined;
  #isPostponed = false;
  #failures = 0;
  #failedReload: { at: number; count: number } | undefined;
  #died = false;
  #recheckAt = 0;

  #missing = false;
  #position: CatalogPosition | undefined;
  #lastReload: LastReload | undefined;
  #lastRuntimeChange: LastRuntimeChange | undefined;
  #reloads = 0;
  #runtimeChanges = 0;
  #routing: Routing | undefined;
  #finished: FinishedText | undefined;
  readonly #drains: DrainWatch;
  #lookTimer: NodeJS.Timeout | undefined;
  /** One that came after it and cannot be used: the good one serves on, with what becomes of apps and rules. */
  #badTemplate: { readonly template: string; readonly report: Report } | undefined;
  /** A text that HAProxy or the template's author has to be asked about; not tried again. */
  #refused: { readonly config: FinishedText; readonly report: Report } | undefined;
  readonly #takenPorts = new Map<number, TakenPort>();
  readonly #rejectedApps = new Map<PathId, Rejection<CatalogApp | undefined>>();
  readonly #rejectedRules = new Map<PathId, Rejection<Rule | undefined>>();
  readonly #compiler = new Compiler();
  #compileReports: readonly Report[] = [];
  #updateReport: Report | undefined;

  constructor(options: UpdateLoopOptions) {
    this.#options = options;
    const { control, acknowledge } = options;
    this.#drains = new DrainWatch({ drained: (leaving) => control.drained(leaving), acknowledge });
  }

  /** No haproxy program was found. */
  get missing(): boolean {
    return this.#missing;
  }

  /** What HAProxy does is true as of this position of the catalog. */
  get position(): CatalogPosition | undefined {
    return this.#position;
  }

  get lastReload(): LastReload | undefined {
    return this.#lastReload;
  }

  get lastRuntimeChange(): LastRuntimeChange | undefined {
    return this.#lastRuntimeChange;
  }

  /** How often HAProxy was replaced, and told something, since this role began. */
  get counts(): { readonly reloads: number; readonly runtimeChanges: number } {
    return { reloads: this.#reloads, runtimeChanges: this.#runtimeChanges };
  }

  /** The tasks that are about to be killed and still in use here. */
  get draining(): readonly string[] {
    return this.#drains.waitingFor;
  }

  /** What was decided last, whether or not it is in force already. */
  get routing(): Routing | undefined {
    return this.#routing;
  }

  /** What was rendered last, whether or not it is in force already. */
  get configuration(): ConfigurationText | undefined {
    return this.#finished;
  }

  /** What would be compiled from these inputs now. Nothing is changed by asking. */
  compileInput({ catalog, rules }: UpdateInputs): CompileInput {
    const { settings, reading, addresses, decisions } = this.#options;
    return {
      catalog,
      rules: rules.values(),
      settings,
      reading,
      // Which app has which host and service port, so that it keeps them.
      owners: this.#routing?.owners ?? decisions.owners,
      addressOf: (host) => addresses.get(host),
      portProblem: (port) => this.#takenPorts.get(port)?.reason,
      rejected: (kind, id) => (kind === 'app' ? this.#rejectedApps : this.#rejectedRules).get(id)?.reason,
    };
  }

  /** What is not as somebody wants it, as of the last update. */
  get reports(): readonly Report[] {
    const { problem } = this.#options.control;
    return [
      ...(this.#badTemplate === undefined ? [] : [this.#badTemplate.report]),
      ...(this.#updateReport === undefined ? [] : [this.#updateReport]),
      ...(problem === undefined ? [] : [{ kind: 'haproxy' as const, id: 'haproxy.cfg', reason: problem }]),
      ...this.#compileReports,
    ];
  }

  /**
   * Begins: adopts the HAProxy that runs, or starts one with the last good configuration, so that traffic does not wait for
   * the scheduler; then waits for changes.
   */
  async start(): Promise<void> {
    const { control } = this.#options;
    this.#missing = !(await control.isAvailable());
    if (this.#missing) this.#logMissing();
    if (!(await control.adopt()) && !this.#missing) await this.#startLastGood();
    this.#supervision = setInterval(() => this.#supervise(), superviseMs);
    this.#started = true;
    this.changed();
  }

  /** Something that an update is made from has changed. */
  changed(): void {
    this.#changedAt ??= performance.now();
    this.#schedule();
  }

  /** Ends; resolves when the update under way, if any, has ended. HAProxy goes on. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#supervision);
    clearTimeout(this.#lookTimer);
    await this.#work;
    await this.#options.control.settle();
  }

  #schedule(): void {
    if (!this.#started || this.#closed || this.#work !== undefined) return;
    clearTimeout(this.#timer);
    const at = nextUpdateAt(
      {
        changedAt: this.#changedAt,
        isPostponed: this.#isPostponed,
        lastUpdate: this.#lastUpdate,
        lastReload: this.#lastReloadTimes,
        reloadBefore: this.#reloadBefore,
        failures: this.#failures,
        failedReload: this.#failedReload,
      },
      this.#options.reloadIntervalMs,
      Math.random(),
    );
    if (at === undefined) return;
    this.#timer = setTimeout(() => this.#run(() => this.#update()), Math.max(0, at - performance.now()));
  }

  /** Looks again in a while whether what was withdrawn is out of use. */
  #scheduleLook(): void {
    clearTimeout(this.#lookTimer);
    const { control } = this.#options;
    if (this.#closed || (!this.#drains.isWaiting && !control.isUntidy)) return;
    this.#lookTimer = setTimeout(
      () => {
        // An update looks itself.
        if (this.#work !== undefined || this.#closed) return;
        this.#work = this.#look().finally(() => {
          this.#work = undefined;
          this.#schedule();
          this.#scheduleLook();
        });
      },
      this.#drains.isWaiting ? drainLookMs : tidyMs,
    );
  }

  async #look(): Promise<void> {
    const { control, logger } = this.#options;
    try {
      await this.#drains.look();
      if (control.isUntidy) await control.tidy();
    } catch (error) {
      logger.warn({ reason: messageOf(error) }, 'it cannot be told whether withdrawn servers are in use');
    }
  }

  /** One piece of work at a time. */
  #run(work: () => Promise<void>): void {
    if (this.#closed || this.#work !== undefined) return;
    clearTimeout(this.#timer);
    const startedAt = performance.now();
    this.#work = work()
      .catch((error: unknown) => {
        this.#failures += 1;
        this.#report('haproxy', 'update', messageOf(error));
      })
      .then(() => {
        const endedAt = performance.now();
        this.#lastUpdate = { endedAt, durationMs: endedAt - startedAt };
        this.#work = undefined;
        this.#schedule();
        this.#scheduleLook();
      });
  }

  #supervise(): void {
    if (this.#work !== undefined) return;
    if (this.#options.control.noticeDeath()) this.#died = true;
    if (this.#died) {
      this.#run(() => this.#recover());
      return;
    }
    const now = performance.now();
    if (now < this.#recheckAt) return;
    // Without a catalog there are no updates that would start it.
    const isDown = !this.#missing && this.#options.control.running === undefined && !this.#options.inputs().synced;
    if (!isDown && !this.#missing && this.#takenPorts.size === 0 && !this.#options.addresses.hasUnknown()) return;
    this.#recheckAt = now + recheckMs;
    this.#run(() => (isDown ? this.#startLastGood() : this.#recheck()));
  }

  async #recover(): Promise<void> {
    this.#died = false;
    this.#options.logger.error({}, 'HAProxy was found dead');
    await this.#startLastGood();
    this.changed();
  }

  async #startLastGood(): Promise<void> {
    const { control, logger } = this.#options;
    const startedAt = performance.now();
    const outcome = await control.startLastGood();
    if (outcome?.kind === 'running') {
      await this.#noteReload(startedAt, outcome);
      logger.info({ pid: control.running?.pid }, 'HAProxy started with the last good configuration');
    } else if (outcome !== undefined) {
      logger.warn({ outcome }, 'HAProxy cannot be started with the last good configuration');
    }
  }

  /** Looks again for what was not there. */
  async #recheck(): Promise<void> {
    const { control, addresses, logger } = this.#options;
    if (this.#missing && (await control.isAvailable())) {
      this.#missing = false;
      logger.info({}, 'haproxy is there now');
      this.changed();
    }
    if (this.#takenPorts.size > 0) {
      const taken = await findTakenPorts([...this.#takenPorts.values()].map(({ host, port }) => ({ host, port })));
      const still = new Set(taken.map(({ port }) => port));
      const free = [...this.#takenPorts.keys()].filter((port) => !still.has(port));
      for (const port of free) this.#takenPorts.delete(port);
      if (free.length > 0) this.changed();
    }
    if (addresses.hasUnknown()) this.changed();
  }

  async #update(): Promise<void> {
    this.#changedAt = undefined;
    const startedAt = performance.now();
    const inputs = this.#options.inputs();
    if (!inputs.synced) return;
    this.#isPostponed = false;
    await this.#options.addresses.refresh(hostsToResolve(inputs.catalog, inputs.rules.values()));
    const draining = drainingTasks(inputs.catalog);
    const { decisions } = this.#options;
    if (this.#badTemplate?.template !== inputs.template) this.#badTemplate = undefined;
    for (let round = 1; ; round += 1) {
      const { position } = inputs.catalog;
      const routing = this.#compile(inputs);
      this.#routing = routing;
      this.#compileReports = routing.reports;
      const template = this.#badTemplate === undefined ? inputs.template : (decisions.template ?? inputs.template);
      const config = await this.#render(template, routing);
      if (config === undefined) {
        if (this.#fallBack(template)) continue;
        // It may only have taken too long.
        this.#tryAgainLater();
        return;
      }
      const attempt = { inputs, routing, config, template, position, draining, startedAt };
      if (this.#refused !== undefined) {
        // What can be told is not kept waiting by a check that will most likely say no again.
        await this.#withoutReload(attempt);
        if (isSame(this.#refused.config, config)) {
          this.#badTemplate = undefined;
          this.#updateReport = this.#refused.report;
          return;
        }
      }
      const reloadAt = nextReloadAt(
        { lastReload: this.#lastReloadTimes, reloadBefore: this.#reloadBefore, failedReload: this.#failedReload },
        this.#options.reloadIntervalMs,
      );
      const outcome = await this.#options.control.apply(config, { mayReload: performance.now() >= reloadAt });
      const again = await this.#settle(outcome, attempt);
      if (!again) return;
      if (round === maxRounds) throw new Error(`still refused after ${maxRounds} rounds`);
    }
  }

  /** Without a change, and later each time. */
  #tryAgainLater(): void {
    this.#failedReload = { at: performance.now(), count: (this.#failedReload?.count ?? 0) + 1 };
    this.#isPostponed = true;
  }

  /** Goes back to the last template that was in force. False when there is none, or this is it. */
  #fallBack(template: string): boolean {
    const report = this.#updateReport;
    const good = this.#options.decisions.template;
    if (report === undefined || good === undefined || template === good) return false;
    this.#badTemplate = { template, report };
    this.#updateReport = undefined;
    return true;
  }

  /**
   * Brings into force what can be told to the process that runs, when it cannot be replaced for the rest: servers come and go also
   * while a text is refused. Withdrawn is what the process does not have any more.
   */
  async #withoutReload(attempt: Attempt): Promise<void> {
    const startedAt = performance.now();
    const outcome = await this.#options.control.apply(attempt.config, { mayReload: false });
    if ((outcome.kind === 'postponed' || outcome.kind === 'changed') && outcome.changes.length > 0)
      this.#noteChanges({ ...outcome, durationMs: performance.now() - startedAt });
    await this.#acknowledgeWithdrawn(attempt);
  }

  /** Says what is withdrawn by now, though not all of an update is in force: what is about to be killed does not wait for the rest. */
  async #acknowledgeWithdrawn({ routing, position, draining }: Attempt): Promise<void> {
    const { control } = this.#options;
    if (control.running === undefined) {
      // Nothing is routed, so nobody is waited for.
      await this.#drains.inForce(position, draining, []);
      return;
    }
    if (draining.length === 0 || control.running.text === undefined) return;
    // Whatever its backend is called in what runs: that may be different by now.
    const endpoints = new Set<string>();
    for (const servers of serversByBackend(control.running.text).values())
      for (const { endpoint, words } of servers.values()) if (!words.includes('disabled')) endpoints.add(endpoint);
    const serving = new Set(
      routing.leaving.filter(({ endpoint }) => endpoints.has(endpoint)).map(({ taskId }) => taskId),
    );
    const isOut = (taskId: string): boolean => !serving.has(taskId);
    await this.#drains.inForce(
      position,
      draining.filter(isOut),
      routing.leaving.filter(({ taskId }) => isOut(taskId)),
    );
  }

  #compile(inputs: UpdateInputs): Routing {
    for (const [id, { of }] of this.#rejectedApps)
      if (inputs.catalog.apps.get(id) !== of) this.#rejectedApps.delete(id);
    for (const [id, { of }] of this.#rejectedRules) if (inputs.rules.get(id) !== of) this.#rejectedRules.delete(id);
    return this.#compiler.compile(this.compileInput(inputs));
  }

  /** The text, or undefined when the template does not give one: what runs stays. */
  async #render(template: string, { model, maps }: Routing): Promise<FinishedText | undefined> {
    const { renderer, settings } = this.#options;
    try {
      const rendered = await renderer.render(template, model);
      return (this.#finished = finishText(rendered, settings.statsSocket, { maps, before: this.#finished }));
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      this.#failures = 0;
      this.#report('template', 'haproxy.cfg', error.message);
      return undefined;
    }
  }

  /** Draws the conclusions from an attempt; true when another one, with something left out, is worth it. */
  async #settle(outcome: ApplyOutcome, attempt: Attempt): Promise<boolean> {
    const { control, logger } = this.#options;
    const { inputs, routing, config, startedAt } = attempt;
    switch (outcome.kind) {
      case 'unchanged':
      case 'changed':
      case 'running':
        this.#failures = 0;
        this.#failedReload = undefined;
        this.#refused = undefined;
        this.#updateReport = undefined;
        this.#options.decisions.keep({ owners: routing.owners, template: attempt.template });
        this.#position = attempt.position;
        if (outcome.kind === 'changed') this.#noteChanges(outcome);
        await this.#drains.inForce(attempt.position, attempt.draining, routing.leaving);
        if (outcome.kind === 'running') {
          await this.#noteReload(startedAt, outcome);
          const { generation } = config;
          const { reasons, durationMs } = outcome;
          logger.info({ pid: control.running?.pid, generation, durationMs, reasons }, 'HAProxy reloaded');
        }
        return false;
      case 'postponed':
        this.#isPostponed = true;
        if (outcome.changes.length > 0) this.#noteChanges({ ...outcome, durationMs: performance.now() - startedAt });
        // One that only keeps its distance comes soon, and says it then; after failures it may be a minute.
        if (this.#failedReload !== undefined) await this.#acknowledgeWithdrawn(attempt);
        return false;
      case 'missing':
        this.#failures = 0;
        if (!this.#missing) this.#logMissing();
        this.#missing = true;
        await this.#withoutReload(attempt);
        return false;
      case 'failed':
        this.#failures = 0;
        this.#tryAgainLater();
        this.#report('haproxy', 'reload', outcome.message);
        await this.#withoutReload(attempt);
        return false;
      case 'ports-taken':
        return this.#leaveOutPorts(outcome.ports, attempt);
      case 'refused': {
        // A new template may break the section of every app: the apps are at fault where the template before it is refused, too.
        this.#report('haproxy', 'haproxy -c', outcome.message);
        if (this.#fallBack(attempt.template)) return true;
        this.#badTemplate = undefined;
        const culprits = findCulprits(config.text, outcome.lines, routing.model);
        for (const { kind, id } of culprits) {
          const reason = `HAProxy does not accept it: ${outcome.message}`;
          if (kind === 'app') this.#rejectedApps.set(id, { of: inputs.catalog.apps.get(id), reason });
          else this.#rejectedRules.set(id, { of: inputs.rules.get(id), reason });
          logger.error({ kind, id, reason: outcome.message }, 'left out, as HAProxy does not accept it');
        }
        if (culprits.length > 0) return true;
        this.#failures = 0;
        this.#refused = { config, report: { kind: 'haproxy', id: 'haproxy -c', reason: outcome.message } };
        await this.#withoutReload(attempt);
        return false;
      }
    }
  }

  /** Takes note of ports that cannot be had. True when the model knows them, so that they can be left out. */
  async #leaveOutPorts(ports: readonly TakenPort[], attempt: Attempt): Promise<boolean> {
    const model: RoutingModel = attempt.routing.model;
    const { settings, logger } = this.#options;
    const known = new Set([
      ...[settings.httpPort, settings.httpsPort, settings.statsPort, settings.appIdPort],
      ...model.listeners.map(({ port }) => port),
    ]);
    const mine = ports.filter(({ port }) => known.has(port) && !this.#takenPorts.has(port));
    for (const taken of mine) {
      const { port, reason } = taken;
      this.#takenPorts.set(port, taken);
      logger.error({ port, reason }, 'left out, as the port is not to be had');
    }
    if (mine.length > 0) return true;
    this.#report('port', ports.map(({ port }) => port).join(', '), ports.map(({ reason }) => reason).join(', '));
    if (this.#fallBack(attempt.template)) return true;
    this.#tryAgainLater();
    await this.#withoutReload(attempt);
    return false;
  }

  #noteChanges({ changes, durationMs }: { readonly changes: readonly unknown[]; readonly durationMs: number }): void {
    this.#runtimeChanges += changes.length;
    this.#lastRuntimeChange = {
      at: new Date().toISOString(),
      changes: changes.length,
      durationMs: Math.round(durationMs * 10) / 10,
    };
    this.#options.logger.debug({ changes: changes.length, durationMs }, 'HAProxy was told what is different');
  }

  async #noteReload(startedAt: number, outcome: ApplyOutcome & { kind: 'running' }): Promise<void> {
    const durationMs = performance.now() - startedAt;
    this.#reloadBefore = this.#lastReloadTimes;
    this.#lastReloadTimes = { startedAt, durationMs };
    this.#reloads += 1;
    this.#lastReload = {
      at: new Date().toISOString(),
      reasons: outcome.reasons,
      durationMs: Math.round(outcome.durationMs),
    };
    await this.#options.control.remember();
  }

  #report(kind: Report['kind'], id: string, reason: string): void {
    this.#updateReport = { kind, id, reason };
    this.#options.logger.error({ kind, id, reason }, 'the configuration could not be renewed; the last good one stays');
  }

  #logMissing(): void {
    this.#options.logger.error({ hint: 'apt-get install haproxy' }, 'there is no haproxy program: nothing is routed');
  }
}

const isSame = (a: FinishedText, b: FinishedText): boolean =>
  a.text === b.text &&
  a.maps.length === b.maps.length &&
  a.maps.every((map, index) => map.entries === b.maps[index]?.entries);

/** The tasks that are about to be killed. */
function drainingTasks(catalog: CatalogView): string[] {
  const draining: string[] = [];
  for (const { taskId, draining: isDraining } of catalog.instances.values())
    if (isDraining === true) draining.push(taskId);
  return draining;
}
