import { access, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { identifyProcess, isRunning } from '../../common/process-identity.js';
import type { ProcessIdentity } from '../../common/process-identity.js';
import type { Leaving, MapFile } from '../compile/routing-model.js';
import { connectedEndpoints } from '../drain/endpoint-connections.js';
import { mapChanges } from '../plan/map-changes.js';
import { plan } from '../plan/plan.js';
import type { Plan } from '../plan/plan.js';
import { reconcile } from '../plan/reconcile.js';
import type { RuntimeChange } from '../plan/runtime-change.js';
import { serversByBackend } from '../plan/server-lines.js';
import { parseEndpoint } from '../plan/server-words.js';
import { withoutReload } from '../plan/without-reload.js';
import { findSocketLine, generationOf } from '../render/configuration-text.js';
import { archiveConfig } from './archive.js';
import { bindsOf, bindsToTry, findTakenPorts } from './bind-preflight.js';
import { ConfigurationKeeper } from './configuration-keeper.js';
import { descriptorProblem } from './descriptor-check.js';
import { endProcesses } from './end-process.js';
import { HaproxyProcesses } from './haproxy-processes.js';
import type { HaproxyProgram } from './haproxy-program.js';
import { readMaps, writeMaps } from './map-files.js';
import type { LbPaths } from './paths.js';
import type { ApplyOutcome, Configuration, ProxyControl, RunningProxy } from './proxy-control.js';
import { RuntimeLink } from './runtime/runtime-link.js';
import { serverStateText } from './server-state-text.js';
import { readState, writeState } from './state-file.js';

/** The HAProxy process that serves now. */
interface RunningHaproxy {
  readonly identity: ProcessIdentity;
  /** Where it answers; undefined when it does not, though it runs. */
  readonly link: { readonly socket: string; readonly runtime: RuntimeLink } | undefined;
  /** What it runs; undefined when that is not known. */
  readonly configuration: Configuration | undefined;
  readonly generation: string | undefined;
  /** It may have other servers and maps than `configuration` says: it has to be asked before it is told anything. */
  readonly inDoubt: boolean;
}

/** A reload that is needed although only servers or maps are different. */
interface Needed {
  readonly kind: 'reload';
  readonly reasons: readonly string[];
}

/** Brings configurations into force and keeps HAProxy running. Its methods are called one at a time. */
export class HaproxyControl implements ProxyControl {
  readonly #paths: LbPaths;
  readonly #program: HaproxyProgram;
  readonly #logger: Logger;
  readonly #archived: number;
  readonly #processes: HaproxyProcesses;
  readonly #keeper: ConfigurationKeeper;
  #running: RunningHaproxy | undefined;
  /** What the last process ran that died: more than what is on disk, if that could not be written yet. */
  #ofTheDead: Configuration | undefined;

  constructor(options: {
    paths: LbPaths;
    program: HaproxyProgram;
    logger: Logger;
    maxOldProcesses: number;
    archivedConfigs: number;
  }) {
    this.#paths = options.paths;
    this.#program = options.program;
    this.#logger = options.logger;
    this.#archived = options.archivedConfigs;
    this.#processes = new HaproxyProcesses(options);
    this.#keeper = new ConfigurationKeeper(options);
  }

  get running(): RunningProxy | undefined {
    if (this.#running === undefined) return undefined;
    const { identity, configuration, generation } = this.#running;
    return { pid: identity.pid, text: configuration?.text, generation };
  }

  get oldProcesses(): number {
    return this.#processes.old.length;
  }

  get problem(): string | undefined {
    return this.#keeper.problem;
  }

  async isAvailable(): Promise<boolean> {
    return (await this.#program.version()) !== undefined;
  }

  noticeDeath(): boolean {
    if (this.#running === undefined || isRunning(this.#running.identity)) return false;
    this.#ofTheDead = this.#running.configuration;
    this.#running = undefined;
    return true;
  }

  async adopt(): Promise<boolean> {
    const state = await readState(this.#paths.state);
    this.#processes.retire(...(state?.old ?? []));
    const sockets = new Set([this.#paths.statsSocket, ...(state === undefined ? [] : [state.statsSocket])]);
    for (const socket of sockets) {
      const info = await this.#processes.ask(socket, state !== undefined && isRunning(state.current));
      const identity = info === undefined || info.stopping ? undefined : identifyProcess(info.pid);
      if (info === undefined || identity === undefined) continue;
      // The load balancer before this one may have been killed after a reload and before it could note that.
      if (state !== undefined && state.current.pid !== info.pid) this.#processes.retire(state.current);
      const configuration = await this.#configurationOf(info.generation);
      const link = { socket, runtime: new RuntimeLink(socket) };
      this.#running = { identity, link, configuration, generation: info.generation, inDoubt: true };
      this.#keeper.onDisk(configuration?.maps ?? []);
      this.#logger.info({ pid: info.pid, generation: info.generation }, 'a running HAProxy is adopted');
      return true;
    }
    if (state === undefined || !isRunning(state.current)) return false;
    this.#running = {
      identity: state.current,
      link: undefined,
      configuration: undefined,
      generation: undefined,
      inDoubt: true,
    };
    this.#logger.warn({ pid: state.current.pid }, 'a running HAProxy does not answer: it will be replaced');
    return true;
  }

  async startLastGood(): Promise<ApplyOutcome | undefined> {
    if (this.#ofTheDead !== undefined) {
      const outcome = await this.#reload(this.#ofTheDead, ['HAProxy was not running']);
      if (outcome.kind === 'running') return outcome;
      this.#logger.warn({ outcome }, 'what HAProxy ran last cannot be started again; the last good file is tried');
      this.#ofTheDead = undefined;
    }
    const text = await readFile(this.#paths.goodConfig, 'utf8').catch(() => undefined);
    const generation = text === undefined ? undefined : generationOf(text);
    // A directory that was moved has a configuration whose socket is elsewhere: it could not be verified.
    if (text === undefined || generation === undefined) return undefined;
    if (findSocketLine(text, this.#paths.statsSocket) === undefined) return undefined;
    const maps = await readMaps(this.#paths.maps);
    return this.#reload({ text, generation, maps }, ['HAProxy was not running']);
  }

  /**
   * Brings a configuration into force: nothing when HAProxy runs it already; told to the running process where that is possible;
   * otherwise checked by `haproxy -c`, its new ports tried, put in place atomically, and HAProxy replaced without losing a connection.
   * Success means that the process has answered. On any failure the configuration before it stays in force, on disk too.
   */
  async apply(next: Configuration, { mayReload }: { readonly mayReload: boolean }): Promise<ApplyOutcome> {
    const startedAt = performance.now();
    const running = this.#running;
    const needed = this.#planFor(running, next);
    if (needed.kind !== 'reload') {
      const told = await this.#tell(next, needed);
      if (told.kind !== 'reload') {
        if (told.changes.length === 0 && needed.kind === 'nothing') return { kind: 'unchanged' };
        return { kind: 'changed', changes: told.changes, durationMs: performance.now() - startedAt };
      }
      return this.#reloadOrWait(next, told.reasons, mayReload);
    }
    return this.#reloadOrWait(next, needed.reasons, mayReload);
  }

  async drained(leaving: readonly Leaving[]): Promise<readonly string[]> {
    const runtime = this.#running?.link?.runtime;
    const inUse = new Set<string>();
    if (runtime !== undefined && runtime.withdrawn.size > 0) {
      const servers = leaving.flatMap((one) => runtime.withdrawn.at(one.endpoint).map((server) => ({ one, server })));
      const sessions = await runtime.sessions(servers.map(({ server }) => server)).catch(() => undefined);
      for (const { one, server } of servers) {
        if (sessions === undefined || (sessions.get(`${server.backend}/${server.server}`) ?? 0) > 0)
          inUse.add(one.taskId);
      }
    }
    const rest = leaving.flatMap((one) => {
      const at = parseEndpoint(one.endpoint);
      return inUse.has(one.taskId) || at === undefined ? [] : [{ ...at, taskId: one.taskId }];
    });
    for (const { pid } of this.#processes.old) {
      for (const { taskId } of await connectedEndpoints(pid, rest)) inUse.add(taskId);
    }
    return [...new Set(leaving.map(({ taskId }) => taskId))].filter((taskId) => !inUse.has(taskId));
  }

  get isUntidy(): boolean {
    return (this.#running?.link?.runtime.withdrawn.deletable.length ?? 0) > 0;
  }

  async tidy(): Promise<void> {
    try {
      await this.#running?.link?.runtime.deleteWithdrawn();
    } catch (error) {
      this.#logger.debug({ reason: messageOf(error) }, 'withdrawn servers cannot be deleted yet');
    }
  }

  async remember(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    const { configuration, identity, generation, link } = running;
    if (configuration !== undefined) {
      await writeFileAtomic(this.#paths.goodConfig, configuration.text, 0o600);
      await archiveConfig(this.#paths.archive, configuration, { keep: this.#archived });
    }
    await writeState(this.#paths.state, {
      current: identity,
      generation,
      statsSocket: link?.socket ?? this.#paths.statsSocket,
      old: this.#processes.old,
    });
  }

  settle(): Promise<void> {
    return this.#keeper.settle();
  }

  async end(): Promise<void> {
    await this.#keeper.settle();
    await endProcesses([...this.#processes.old, ...(this.#running === undefined ? [] : [this.#running.identity])]);
    this.#running = undefined;
    this.#processes.forgetOld();
    for (const file of [this.#paths.state, this.#paths.pidFile, this.#paths.statsSocket])
      await rm(file, { force: true });
  }

  #planFor(running: RunningHaproxy | undefined, next: Configuration): Plan {
    if (running === undefined) return { kind: 'reload', reasons: ['HAProxy was not running'] };
    if (running.link === undefined) return { kind: 'reload', reasons: ['HAProxy did not answer'] };
    return plan(running.configuration, next);
  }

  /** Tells the running process what is different. A reload is needed where it does not take it. */
  async #tell(
    next: Configuration,
    planned: Plan & { kind: 'nothing' | 'runtime' },
  ): Promise<{ kind: 'told'; changes: readonly RuntimeChange[] } | Needed> {
    const running = this.#running;
    const runtime = running?.link?.runtime;
    const known = running?.configuration;
    if (running === undefined || runtime === undefined || known === undefined) {
      return { kind: 'reload', reasons: ['HAProxy did not answer'] };
    }
    const conflicts = planned.kind === 'runtime' ? runtime.conflicts(planned.changes) : [];
    if (conflicts.length > 0) return { kind: 'reload', reasons: conflicts };
    const told: RuntimeChange[] = [];
    let problems: readonly string[] = [];
    try {
      if (!running.inDoubt) {
        const changes = planned.kind === 'runtime' ? planned.changes : [];
        problems = changes.length === 0 ? [] : await runtime.tell(changes, known.maps);
        told.push(...changes);
      }
      if (running.inDoubt || problems.length > 0) {
        if (problems.length > 0)
          this.#logger.warn({ problems }, 'HAProxy did not take all that it was told; it is asked what it has');
        const maps = await runtime.maps(
          next.maps.filter(({ path }) => next.text.includes(path)).map(({ path }) => path),
        );
        const missing = [
          ...reconcile(await runtime.servers(), known, next),
          ...mapChanges(
            next.text,
            maps,
            next.maps.filter(({ path }) => maps.some((map) => map.path === path)),
          ),
        ];
        problems = await runtime.tell(missing, maps);
        told.push(...missing);
      }
    } catch (error) {
      problems = [messageOf(error)];
    }
    if (problems.length > 0) {
      this.#running = { ...running, inDoubt: true };
      return { kind: 'reload', reasons: problems.map((problem) => `HAProxy could not be told: ${problem}`) };
    }
    this.#running = { ...running, configuration: next, generation: next.generation, inDoubt: false };
    if (known.text !== next.text || told.length > 0) this.#keeper.keep(next);
    // Most servers that are withdrawn have nothing to do at this moment.
    if (this.isUntidy) await this.tidy();
    return { kind: 'told', changes: told };
  }

  async #reloadOrWait(next: Configuration, reasons: readonly string[], mayReload: boolean): Promise<ApplyOutcome> {
    if (mayReload) return this.#reload(next, reasons);
    const known = this.#running?.configuration;
    if (known === undefined) return { kind: 'postponed', reasons, changes: [] };
    const { generation } = known;
    const meanwhile = { ...withoutReload(known, next), generation };
    const planned = this.#planFor(this.#running, meanwhile);
    const told = planned.kind === 'reload' ? planned : await this.#tell(meanwhile, planned);
    return { kind: 'postponed', reasons, changes: told.kind === 'reload' ? [] : told.changes };
  }

  async #reload(next: Configuration, reasons: readonly string[]): Promise<ApplyOutcome> {
    const before = this.#running;
    const startedAt = performance.now();
    const { text, maps, generation } = next;
    await this.#keeper.stop();
    const mapsBefore = before?.configuration?.maps ?? (await readMaps(this.#paths.maps));
    await writeFile(this.#paths.nextConfig, text, { mode: 0o600 });
    await writeMaps(maps, mapsBefore);
    await this.#prepareServerState();
    const [problem, taken] = await Promise.all([
      this.#program.check(this.#paths.nextConfig),
      this.#findTaken(before, text),
      this.#writeServerState(before, next),
    ]);
    const descriptors = descriptorProblem(text);
    const refuse = async (outcome: ApplyOutcome): Promise<ApplyOutcome> => {
      await writeMaps(mapsBefore, maps);
      return outcome;
    };
    if (problem?.missing === true) {
      // Nothing runs it, so there is nothing to fall back to: whoever installs HAProxy finds what it would have been given.
      if (before === undefined) await rename(this.#paths.nextConfig, this.#paths.config);
      return { kind: 'missing' };
    }
    if (problem !== undefined) return refuse({ kind: 'refused', message: problem.message, lines: problem.lines });
    if (descriptors !== undefined) return refuse({ kind: 'refused', message: descriptors, lines: [] });
    if (taken.length > 0) return refuse({ kind: 'ports-taken', ports: taken });

    await rename(this.#paths.nextConfig, this.#paths.config);
    const serving = before === undefined ? undefined : { identity: before.identity, socket: before.link?.socket };
    const replaced = await this.#processes.replace(serving, generation);
    if (replaced.problem !== undefined) {
      if (replaced.serving === undefined) this.#running = undefined;
      else if (replaced.serving !== serving) this.#adoptNew(replaced.serving.identity, undefined, generation);
      await this.#restore(mapsBefore, maps);
      return { kind: 'failed', message: replaced.problem };
    }
    if (replaced.serving !== undefined) this.#adoptNew(replaced.serving.identity, next, generation);
    this.#ofTheDead = undefined;
    this.#keeper.onDisk(maps);
    return { kind: 'running', reasons, durationMs: performance.now() - startedAt };
  }

  #adoptNew(identity: ProcessIdentity, configuration: Configuration | undefined, generation: string): void {
    const socket = this.#paths.statsSocket;
    const link = { socket, runtime: new RuntimeLink(socket) };
    this.#running = { identity, link, configuration, generation, inDoubt: configuration === undefined };
  }

  /** What a text listens on and the running process does not. Nothing when that cannot be told. */
  async #findTaken(before: RunningHaproxy | undefined, text: string): ReturnType<typeof findTakenPorts> {
    if (before !== undefined && before.configuration === undefined) return [];
    return findTakenPorts(bindsToTry(bindsOf(text), bindsOf(before?.configuration?.text ?? '')));
  }

  /** HAProxy complains about a file that a configuration names and that is not there. */
  async #prepareServerState(): Promise<void> {
    const isThere = await access(this.#paths.serverState).then(
      () => true,
      () => false,
    );
    if (!isThere) await writeFileAtomic(this.#paths.serverState, '1\n', 0o600, { sync: false });
  }

  /** Hands over which servers are down; a new process takes all of them for good otherwise until it has checked them. */
  async #writeServerState(before: RunningHaproxy | undefined, next: Configuration): Promise<void> {
    if (!next.text.includes(this.#paths.serverState)) return;
    let text = '1\n';
    try {
      const answer = await before?.link?.runtime.serverStates();
      if (answer !== undefined) {
        text = serverStateText(
          answer,
          () => serversByBackend(next.text),
          () => serversByBackend(before?.configuration?.text ?? ''),
        );
      }
    } catch (error) {
      this.#logger.warn({ reason: messageOf(error) }, 'the states of the servers are not handed over');
    }
    await writeFileAtomic(this.#paths.serverState, text, 0o600, { sync: false });
  }

  /**
   * The configuration of this generation, if it is one of those on disk. What was only tried comes last: a text that was refused can
   * have the generation of the one in force, as that does not regard the words of servers.
   */
  async #configurationOf(generation: string | undefined): Promise<Configuration | undefined> {
    if (generation === undefined) return undefined;
    for (const file of [this.#paths.config, this.#paths.goodConfig, this.#paths.nextConfig]) {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text !== undefined && generationOf(text) === generation) {
        return { text, generation, maps: await readMaps(this.#paths.maps) };
      }
    }
    return undefined;
  }

  /** Puts back on disk what runs, or ran last. */
  async #restore(maps: readonly MapFile[], written: readonly MapFile[]): Promise<void> {
    await writeMaps(maps, written);
    const text =
      this.#running?.configuration?.text ?? (await readFile(this.#paths.goodConfig, 'utf8').catch(() => undefined));
    if (text !== undefined) await writeFileAtomic(this.#paths.config, text, 0o600);
  }
}
