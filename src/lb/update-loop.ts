import type { CatalogPosition } from '../catalog/types.js';
import { messageOf } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import type { ProxyControl } from './apply/proxy-control.js';
import { Compiler } from './compile/compile.js';
import type { CompileInput } from './compile/compile.js';
import type { ProxySettings, Report, Routing } from './compile/routing-model.js';
import { DrainWatch } from './drain/drain-watch.js';
import { hostsToResolve } from './host-addresses.js';
import type { HostAddresses } from './host-addresses.js';
import type { KeptDecisions } from './kept-decisions.js';
import type { ReadingRules } from './labels/service-settings.js';
import { finishText } from './render/configuration-text.js';
import type { ConfigurationText, FinishedText } from './render/configuration-text.js';
import type { Renderer } from './render/renderer.js';
import { RenderError } from './render/renderer.js';
import { drainingTasks } from './update/attempt.js';
import type { UpdateInputs } from './update/attempt.js';
import { ChangeRecords } from './update/change-records.js';
import type { LastReload, LastRuntimeChange, ProxyChange } from './update/change-records.js';
import { LeftOut } from './update/left-out.js';
import { Pace } from './update/pace.js';
import { Settlement } from './update/settlement.js';
import { Supervision } from './update/supervision.js';

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

/** How often it is looked whether what is about to be killed, or deleted, is still in use. */
const drainLookMs = 100;
const tidyMs = 1_000;
/** Bounds what one update tries: each round leaves out what the one before was refused for. */
const maxRounds = 8;

/**
 * Keeps HAProxy at what apps, rules and template say: one update after the other, soon after a change, and looks all the time
 * whether HAProxy still runs. All of an update's decisions are made by `compile`, `plan` and `nextUpdateAt`; this is where they
 * meet the world.
 */
export class UpdateLoop {
  readonly #options: UpdateLoopOptions;
  readonly #pace: Pace;
  readonly #records: ChangeRecords;
  readonly #leftOut: LeftOut;
  readonly #drains: DrainWatch;
  readonly #supervision: Supervision;
  readonly #settlement: Settlement;
  readonly #compiler = new Compiler();
  #timer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;
  #started = false;
  #closed = false;
  #work: Promise<void> | undefined;
  #routing: Routing | undefined;
  #finished: FinishedText | undefined;

  constructor(options: UpdateLoopOptions) {
    this.#options = options;
    const { control, addresses, decisions, acknowledge, logger } = options;
    const pace = (this.#pace = new Pace(options.reloadIntervalMs));
    const records = (this.#records = new ChangeRecords(() => control.running?.generation));
    const leftOut = (this.#leftOut = new LeftOut(logger));
    const drains = (this.#drains = new DrainWatch({ drained: (leaving) => control.drained(leaving), acknowledge }));
    const supervision = (this.#supervision = new Supervision({
      ...{ control, addresses, pace, records, leftOut, logger },
      isSynced: () => options.inputs().synced,
      isBusy: () => this.#work !== undefined,
      run: (work) => this.#run(work),
      changed: () => this.changed(),
    }));
    this.#settlement = new Settlement({
      ...{ control, decisions, drains, pace, records, leftOut, logger },
      settings: () => options.settings,
      onMissing: () => supervision.noteMissing(),
    });
  }

  /** No haproxy program was found. */
  get missing(): boolean {
    return this.#supervision.missing;
  }

  /** What HAProxy does is true as of this position of the catalog. */
  get position(): CatalogPosition | undefined {
    return this.#settlement.position;
  }

  get lastReload(): LastReload | undefined {
    return this.#records.lastReload;
  }

  get lastRuntimeChange(): LastRuntimeChange | undefined {
    return this.#records.lastRuntimeChange;
  }

  /** How often HAProxy was replaced, and told something, since this role began. */
  get counts(): { readonly reloads: number; readonly runtimeChanges: number } {
    return this.#records.counts;
  }

  /** What was changed of HAProxy since this role began, or was to be: the last hundred, the newest first. */
  get changes(): readonly ProxyChange[] {
    return this.#records.changes;
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
      portProblem: (port) => this.#leftOut.portProblem(port),
      rejected: (kind, id) => this.#leftOut.rejected(kind, id),
    };
  }

  /** What is not as somebody wants it, as of the last update. */
  get reports(): readonly Report[] {
    const { problem } = this.#options.control;
    return [
      ...this.#settlement.reports,
      ...(problem === undefined ? [] : [{ kind: 'haproxy' as const, id: 'haproxy.cfg', reason: problem }]),
      ...(this.#routing?.reports ?? []),
    ];
  }

  /**
   * Begins: adopts the HAProxy that runs, or starts one with the last good configuration, so that traffic does not wait for
   * the scheduler; then waits for changes.
   */
  async start(): Promise<void> {
    await this.#supervision.start();
    this.#started = true;
    this.changed();
  }

  /** Something that an update is made from has changed. */
  changed(): void {
    this.#pace.changed();
    this.#schedule();
  }

  /** Ends; resolves when the update under way, if any, has ended. HAProxy goes on. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#supervision.close();
    clearTimeout(this.#lookTimer);
    await this.#work;
    await this.#options.control.settle();
  }

  #schedule(): void {
    if (!this.#started || this.#closed || this.#work !== undefined) return;
    clearTimeout(this.#timer);
    const at = this.#pace.nextUpdateAt;
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
        this.#pace.threw();
        this.#settlement.threw(messageOf(error));
      })
      .then(() => {
        this.#pace.ended(startedAt);
        this.#work = undefined;
        this.#schedule();
        this.#scheduleLook();
      });
  }

  async #update(): Promise<void> {
    this.#pace.begins();
    const startedAt = performance.now();
    const inputs = this.#options.inputs();
    if (!inputs.synced) return;
    this.#pace.resumes();
    await this.#options.addresses.refresh(hostsToResolve(inputs.catalog, inputs.rules.values()));
    const draining = drainingTasks(inputs.catalog);
    for (let round = 1; ; round += 1) {
      const { position } = inputs.catalog;
      const routing = this.#compile(inputs);
      const template = this.#settlement.templateFor(inputs.template);
      const config = await this.#render(template, routing);
      if (config instanceof RenderError) {
        if (this.#settlement.notRendered(template, config.message)) continue;
        return;
      }
      const attempt = { inputs, routing, config, template, position, draining, startedAt };
      if (await this.#settlement.isRefused(attempt)) return;
      const outcome = await this.#options.control.apply(config, { mayReload: this.#pace.mayReload });
      const again = await this.#settlement.settle(outcome, attempt);
      if (!again) return;
      if (round === maxRounds) throw new Error(`still refused after ${maxRounds} rounds`);
    }
  }

  #compile(inputs: UpdateInputs): Routing {
    this.#leftOut.forgetChanged(inputs);
    return (this.#routing = this.#compiler.compile(this.compileInput(inputs)));
  }

  /** The text, or why the template does not give one: what runs stays. */
  async #render(template: string, { model, maps }: Routing): Promise<FinishedText | RenderError> {
    const { renderer, settings } = this.#options;
    try {
      const rendered = await renderer.render(template, model);
      return (this.#finished = finishText(rendered, settings.statsSocket, { maps, before: this.#finished }));
    } catch (error) {
      if (error instanceof RenderError) return error;
      throw error;
    }
  }
}
