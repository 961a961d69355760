import type { CatalogView } from '../catalog/catalog.js';
import type { CatalogApp, CatalogPosition } from '../catalog/types.js';
import { messageOf } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import type { PathId } from '../common/path-id.js';
import { findTakenPorts } from './apply/bind-preflight.js';
import type { ApplyOutcome, HaproxyControl } from './apply/haproxy-control.js';
import type { HaproxyProgram } from './apply/haproxy-program.js';
import { Compiler } from './compile/compile.js';
import type { ProxySettings, Report, Routing, RoutingModel } from './compile/routing-model.js';
import { findCulprits } from './culprits.js';
import { hostsToResolve } from './host-addresses.js';
import type { HostAddresses } from './host-addresses.js';
import type { ReadingRules } from './labels/service-settings.js';
import { nextUpdateAt } from './plan/schedule.js';
import { finishText } from './render/configuration-text.js';
import type { ConfigurationText } from './render/configuration-text.js';
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

export interface UpdateLoopOptions {
  readonly inputs: () => UpdateInputs;
  readonly settings: ProxySettings;
  /** How the labels of apps are read. */
  readonly reading: ReadingRules;
  readonly control: HaproxyControl;
  readonly program: HaproxyProgram;
  readonly renderer: Renderer;
  readonly addresses: HostAddresses;
  readonly logger: Logger;
}

const superviseMs = 1_000;
/** How often a missing program, a taken port or an unknown host name is looked for again. */
const recheckMs = 5_000;
/** Bounds what one update tries: each round leaves out what the one before was refused for. */
const maxRounds = 8;

interface Rejection<T> {
  /** The definition that was rejected: a new one gets a new chance. */
  readonly of: T;
  readonly reason: string;
}

/**
 * Keeps HAProxy at what apps, rules and template say: one update after the other, soon after a change, and a look once a second
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
  #failures = 0;
  #died = false;
  #recheckAt = 0;

  #missing = false;
  #position: CatalogPosition | undefined;
  #lastReload: LastReload | undefined;
  /** A text that HAProxy or the template's author has to be asked about; not tried again. */
  #refused: { readonly generation: string; readonly report: Report } | undefined;
  readonly #takenPorts = new Map<number, string>();
  readonly #rejectedApps = new Map<PathId, Rejection<CatalogApp | undefined>>();
  readonly #rejectedRules = new Map<PathId, Rejection<Rule | undefined>>();
  readonly #compiler = new Compiler();
  /** Which app has which host and service port, so that it keeps them. */
  #owners: Routing['owners'] = new Map();
  #compileReports: readonly Report[] = [];
  #updateReport: Report | undefined;

  constructor(options: UpdateLoopOptions) {
    this.#options = options;
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

  /** What is not as somebody wants it, as of the last update. */
  get reports(): readonly Report[] {
    return this.#updateReport === undefined ? this.#compileReports : [this.#updateReport, ...this.#compileReports];
  }

  /**
   * Begins: adopts the HAProxy that runs, or starts one with the last good configuration, so that traffic does not wait for
   * the scheduler; then waits for changes.
   */
  async start(): Promise<void> {
    const { control, program } = this.#options;
    this.#missing = (await program.version()) === undefined;
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
    await this.#work;
  }

  #schedule(): void {
    if (!this.#started || this.#closed || this.#work !== undefined) return;
    clearTimeout(this.#timer);
    const at = nextUpdateAt(
      {
        changedAt: this.#changedAt,
        lastUpdate: this.#lastUpdate,
        lastReload: this.#lastReloadTimes,
        reloadBefore: this.#reloadBefore,
        failures: this.#failures,
      },
      Math.random(),
    );
    if (at === undefined) return;
    this.#timer = setTimeout(() => this.#run(() => this.#update()), Math.max(0, at - performance.now()));
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
      logger.info({ pid: control.running?.identity.pid }, 'HAProxy started with the last good configuration');
    } else if (outcome !== undefined) {
      logger.warn({ outcome }, 'HAProxy cannot be started with the last good configuration');
    }
  }

  /** Looks again for what was not there. */
  async #recheck(): Promise<void> {
    const { program, settings, addresses, logger } = this.#options;
    if (this.#missing && (await program.version()) !== undefined) {
      this.#missing = false;
      logger.info({}, 'haproxy is there now');
      this.changed();
    }
    if (this.#takenPorts.size > 0) {
      const ports = [...this.#takenPorts.keys()];
      const host = settings.bindAddress === '*' ? '0.0.0.0' : settings.bindAddress;
      const taken = await findTakenPorts(ports.map((port) => ({ host, port })));
      const still = new Set(taken.map((t) => t.port));
      for (const port of ports) if (!still.has(port)) this.#takenPorts.delete(port);
      if (still.size < ports.length) this.changed();
    }
    if (addresses.hasUnknown()) this.changed();
  }

  async #update(): Promise<void> {
    this.#changedAt = undefined;
    const startedAt = performance.now();
    const inputs = this.#options.inputs();
    if (!inputs.synced) return;
    await this.#options.addresses.refresh(hostsToResolve(inputs.catalog, inputs.rules.values()));
    for (let round = 1; ; round += 1) {
      const { position } = inputs.catalog;
      const { model, reports } = this.#compile(inputs);
      this.#compileReports = reports;
      const config = await this.#render(inputs.template, model);
      if (config === undefined) return;
      if (config.generation === this.#refused?.generation) {
        this.#updateReport = this.#refused.report;
        return;
      }
      const outcome = await this.#options.control.apply(config);
      const again = await this.#settle(outcome, { inputs, model, config, position, startedAt });
      if (!again) return;
      if (round === maxRounds) throw new Error(`still refused after ${maxRounds} rounds`);
    }
  }

  #compile(inputs: UpdateInputs): Routing {
    const { settings, reading, addresses } = this.#options;
    for (const [id, { of }] of this.#rejectedApps)
      if (inputs.catalog.apps.get(id) !== of) this.#rejectedApps.delete(id);
    for (const [id, { of }] of this.#rejectedRules) if (inputs.rules.get(id) !== of) this.#rejectedRules.delete(id);
    const routing = this.#compiler.compile({
      catalog: inputs.catalog,
      rules: inputs.rules.values(),
      settings,
      reading,
      owners: this.#owners,
      addressOf: (host) => addresses.get(host),
      portProblem: (port) => this.#takenPorts.get(port),
      rejected: (kind, id) => (kind === 'app' ? this.#rejectedApps : this.#rejectedRules).get(id)?.reason,
    });
    this.#owners = routing.owners;
    return routing;
  }

  /** The text, or undefined when the template does not give one: what runs stays. */
  async #render(template: string, model: RoutingModel): Promise<ConfigurationText | undefined> {
    const { renderer, settings } = this.#options;
    try {
      return finishText(await renderer.render(template, model), settings.statsSocket);
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      this.#failures = 0;
      this.#report('template', 'haproxy.cfg', error.message);
      return undefined;
    }
  }

  /** Draws the conclusions from an attempt; true when another one, with something left out, is worth it. */
  async #settle(
    outcome: ApplyOutcome,
    context: {
      inputs: UpdateInputs;
      model: RoutingModel;
      config: ConfigurationText;
      position: CatalogPosition;
      startedAt: number;
    },
  ): Promise<boolean> {
    const { control, logger } = this.#options;
    const { inputs, model, config, position, startedAt } = context;
    switch (outcome.kind) {
      case 'unchanged':
      case 'running':
        this.#failures = 0;
        this.#refused = undefined;
        this.#updateReport = undefined;
        this.#position = position;
        if (outcome.kind === 'running') {
          await this.#noteReload(startedAt, outcome);
          const { generation } = config;
          const { reasons, durationMs } = outcome;
          logger.info({ pid: control.running?.identity.pid, generation, durationMs, reasons }, 'HAProxy reloaded');
        }
        return false;
      case 'missing':
        this.#failures = 0;
        if (!this.#missing) this.#logMissing();
        this.#missing = true;
        return false;
      case 'failed':
        this.#failures += 1;
        this.#report('haproxy', 'reload', outcome.message);
        return false;
      case 'ports-taken':
        return this.#leaveOutPorts(outcome.ports, model);
      case 'refused': {
        const culprits = findCulprits(config.text, outcome.lines, model);
        for (const { kind, id } of culprits) {
          const reason = `HAProxy does not accept it: ${outcome.message}`;
          if (kind === 'app') this.#rejectedApps.set(id, { of: inputs.catalog.apps.get(id), reason });
          else this.#rejectedRules.set(id, { of: inputs.rules.get(id), reason });
          logger.error({ kind, id, reason: outcome.message }, 'left out, as HAProxy does not accept it');
        }
        if (culprits.length > 0) return true;
        this.#failures = 0;
        this.#report('haproxy', 'haproxy -c', outcome.message);
        const report: Report = { kind: 'haproxy', id: 'haproxy -c', reason: outcome.message };
        this.#refused = { generation: config.generation, report };
        return false;
      }
    }
  }

  /** Takes note of ports that cannot be had. True when the model knows them, so that they can be left out. */
  #leaveOutPorts(ports: readonly { port: number; reason: string }[], model: RoutingModel): boolean {
    const { settings, logger } = this.#options;
    const known = new Set([settings.httpPort, settings.statsPort, ...model.listeners.map((l) => l.port)]);
    const mine = ports.filter(({ port }) => known.has(port) && !this.#takenPorts.has(port));
    for (const { port, reason } of mine) {
      this.#takenPorts.set(port, reason);
      logger.error({ port, reason }, 'left out, as the port is not to be had');
    }
    if (mine.length > 0) return true;
    this.#failures += 1;
    this.#report('port', ports.map((p) => p.port).join(', '), ports.map((p) => p.reason).join(', '));
    return false;
  }

  async #noteReload(startedAt: number, outcome: ApplyOutcome & { kind: 'running' }): Promise<void> {
    const durationMs = performance.now() - startedAt;
    this.#reloadBefore = this.#lastReloadTimes;
    this.#lastReloadTimes = { startedAt, durationMs };
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
