import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chown, open, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeFileAtomic } from '../../../common/atomic-file.js';
import { messageOf } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';
import { sleep } from '../../../common/time.js';
import type { CommandInfo } from '../../../mesos/types.js';
import { allowanceOf } from '../allowance.js';
import { shellQuote } from '../launch-script.js';
import type { TaskProcesses } from '../process-table.js';
import type { ShortEnd } from '../run-in-group.js';
import { runInGroup } from '../run-in-group.js';
import { commandVariables, containerEnvironment } from '../task-environment.js';
import { TaskRun } from '../task-run.js';
import { claimPersistentVolumes, makeVolumeDirectory } from '../volume-directories.js';
import type { Workload, WorkloadContext, WorkloadEnd } from '../workload.js';
import type { ContainerInfo } from './container-info.js';
import type { ContainerPlan } from './container-plan.js';
import type { ContainerEngine } from './engine.js';
import type { ContainerState } from './engine-answers.js';
import { runArguments, sandboxInContainer } from './engine-arguments.js';
import { clientScript, engineEnvironment } from './engine-environment.js';
import { kernelSaysOutOfMemory } from './kernel-log.js';
import { containerMounts } from './mounts.js';
import { pullCredentials, secretCredentials } from './pull-credentials.js';
import { removeContainer } from './remove-container.js';

const bytesPerMib = 2 ** 20;
/** How soon it is looked again whether a container has come up: at first, and at most. */
const firstUpPollMs = 50;
const lastUpPollMs = 500;
/** How long an engine that does not answer is asked how a container ended, and how often. */
const endPatienceMs = 60_000;
const endRetryMs = 1000;
/** Of what the client said, so much is read. */
const maxSaidBytes = 4096;
/** The statuses of an engine's client that could not start a container: its own failure, or that of the command. */
const refusals: ReadonlySet<number> = new Set([125, 126, 127]);
/** The status of a process that SIGKILL ended, as engines tell it. */
const killedStatus = 137;

/** Where engines come from. */
export interface Engines {
  find(): Promise<ContainerEngine>;
  named(program: string): ContainerEngine;
}

/** The name of a container, as Mesos' Docker containerizer gives it. */
export const containerName = (containerId: string): string => `mesos-${containerId}`;

/**
 * A task as a container of the machine's engine. The engine's client runs in the foreground under the task's supervisor and
 * writes what the container says to the sandbox; so the container outlives the agent, and is found again by its name.
 */
export class EngineWorkload implements Workload {
  readonly noun = 'Container';
  readonly #context: WorkloadContext;
  readonly #plan: ContainerPlan;
  readonly #engines: Engines;
  readonly #logger: Logger;
  readonly #name: string;
  readonly #run: TaskRun;
  #engine: ContainerEngine | undefined;
  #script: string | undefined;
  #state: ContainerState | undefined;
  #up: Promise<void> | undefined;
  #examination: Promise<void> | undefined;
  #end: WorkloadEnd | undefined;
  #isKilled = false;
  #killing: Promise<void> | undefined;
  readonly #closing = new AbortController();

  constructor(context: WorkloadContext, plan: ContainerPlan, engines: Engines, logger: Logger) {
    this.#context = context;
    this.#plan = plan;
    this.#engines = engines;
    this.#logger = logger;
    this.#name = containerName(context.containerId);
    this.#run = new TaskRun(context.runDirectory, context.bootId);
  }

  get #engineFile(): string {
    return join(this.#context.runDirectory, 'engine');
  }

  get #cidFile(): string {
    return join(this.#context.runDirectory, 'container');
  }

  async prepare(signal: AbortSignal): Promise<void> {
    const engine = await this.#engines.find();
    this.#engine = engine;
    const { info, runDirectory, environment, volumes, ownedBelow } = this.#context;
    const plan = this.#plan;
    const container = info.container as ContainerInfo | undefined;
    const command = info.command ?? {};
    const variables = containerEnvironment(
      environment,
      plan.type,
      { name: this.#name, sandbox: sandboxInContainer, isInHostNetwork: plan.network.kind === 'host' },
      command,
    );
    const { passed, file } = engineEnvironment(variables);
    const environmentFile = join(runDirectory, 'environment');
    await writeFile(environmentFile, file, { mode: 0o600 });
    const { mounts, secrets } = containerMounts(container?.volumes ?? [], volumes, runDirectory);
    const user = plan.type === 'MESOS' ? await this.#context.user() : undefined;
    await claimPersistentVolumes(volumes.persistent, user);
    // Docker makes directories that are to be mounted, podman does not: both find them.
    for (const { source, isMade } of mounts) if (isMade) await makeVolumeDirectory(source, user, ownedBelow);
    for (const { path, content } of secrets) {
      await writeFile(path, content, { mode: 0o600 });
      if (user !== undefined) await chown(path, user.uid, user.gid);
    }
    const imageDirectory = await this.#haveImage(engine, signal);
    const cpus = allowanceOf(info, 'cpus');
    const memory = allowanceOf(info, 'mem');
    const words = runArguments(plan, {
      name: this.#name,
      cidFile: this.#cidFile,
      labels: new Map([
        engine.agentLabel,
        ['ekiden.framework', environment.frameworkId],
        ['MESOS_TASK_ID', info.task_id.value],
      ]),
      joins: await this.#context.joins(),
      cpus: cpus.requested,
      cpuLimit: cpus.limit > cpus.requested ? cpus.limit : undefined,
      memoryBytes: memory.requested * bytesPerMib,
      memoryLimitBytes: memory.limit * bytesPerMib,
      mounts,
      passedNames: [...passed.keys()],
      environmentFile,
      user: user === undefined ? undefined : `${user.uid}:${user.gid}`,
      // The Mesos containerizer starts in the sandbox unless the image says otherwise.
      workingDirectory: plan.type === 'MESOS' && imageDirectory === '' ? sandboxInContainer : undefined,
      command,
    });
    this.#script = clientScript([engine.program, ...words], passed, process.env);
    signal.throwIfAborted();
  }

  /** Makes sure that the image is here; the working directory it names. */
  async #haveImage(engine: ContainerEngine, signal: AbortSignal): Promise<string> {
    const { image, forcePull, pullSecret } = this.#plan;
    const there = forcePull ? undefined : await engine.imageDirectory(image);
    if (there !== undefined) return there;
    const { sandbox, runDirectory, environment } = this.#context;
    const credentials =
      pullSecret === undefined
        ? await pullCredentials(sandbox, runDirectory)
        : await secretCredentials(environment.secrets.bytes(pullSecret), runDirectory);
    await engine.pull(image, credentials ?? {}, signal);
    return (await engine.imageDirectory(image)) ?? '';
  }

  start(): void {
    if (this.#engine === undefined || this.#script === undefined) {
      throw new Error('a container is started before it is prepared');
    }
    writeFileSync(this.#engineFile, `${this.#engine.program}\n`);
    const { supervisorScript, sandbox, onChange } = this.#context;
    this.#run.start({ supervisorScript, launch: this.#script, sandbox, user: undefined, onExit: onChange });
  }

  wasStarted(): boolean {
    return this.#run.wasStarted();
  }

  /** The engine that has the container; the records know it when an earlier agent started it. */
  #itsEngine(): ContainerEngine | undefined {
    if (this.#engine === undefined && existsSync(this.#engineFile)) {
      this.#engine = this.#engines.named(readFileSync(this.#engineFile, 'utf8').trim());
    }
    return this.#engine;
  }

  #clientHasEnded(): boolean {
    return this.#run.end() !== undefined || !this.#run.isSupervised();
  }

  up(): Promise<void> {
    this.#up ??= this.#watchStart();
    return this.#up;
  }

  async #watchStart(): Promise<void> {
    const engine = this.#itsEngine();
    let pollMs = firstUpPollMs;
    while (engine !== undefined && !this.#closing.signal.aborted && !this.#clientHasEnded()) {
      if (existsSync(this.#cidFile)) {
        // An engine that does not answer now may do so later; the container's end is noticed without it.
        const state = await engine.inspect(this.#name).catch(() => undefined);
        if (state?.wasStarted === true) {
          this.#state = state;
          return;
        }
        pollMs = Math.min(lastUpPollMs, pollMs * 1.5);
      }
      await sleep(pollMs);
    }
  }

  end(): WorkloadEnd | undefined {
    if (this.#end !== undefined) return this.#end;
    if (!this.#clientHasEnded()) return undefined;
    this.#examination ??= this.#examine().then((end) => {
      this.#end = end;
      this.#context.onChange();
    });
    return undefined;
  }

  /** Asks the engine how the container ended, writes that down and removes it. */
  async #examine(): Promise<WorkloadEnd> {
    const engine = this.#itsEngine();
    if (engine === undefined) return { kind: 'lost', why: this.#run.lossReason };
    const giveUpAtMs = Date.now() + endPatienceMs;
    for (;;) {
      try {
        const state = await engine.inspect(this.#name);
        const end = this.#writtenEnd() ?? (await this.#judge(state));
        // The next agent may have to tell it: by then the container is gone.
        await writeFileAtomic(this.#endFile, JSON.stringify(end), 0o600, { sync: false });
        if (state !== undefined || this.#engineId !== '') await this.#remove(engine, state);
        return end;
      } catch (error) {
        if (this.#closing.signal.aborted || Date.now() > giveUpAtMs) return { kind: 'lost', why: messageOf(error) };
        await sleep(endRetryMs);
      }
    }
  }

  get #endFile(): string {
    return join(this.#context.runDirectory, 'end.json');
  }

  #writtenEnd(): WorkloadEnd | undefined {
    return existsSync(this.#endFile) ? (JSON.parse(readFileSync(this.#endFile, 'utf8')) as WorkloadEnd) : undefined;
  }

  /** The engine's own id of the container. */
  get #engineId(): string {
    return existsSync(this.#cidFile) ? readFileSync(this.#cidFile, 'utf8').trim() : '';
  }

  async #judge(state: ContainerState | undefined): Promise<WorkloadEnd> {
    const client = this.#run.end();
    if (client === undefined) return { kind: 'lost', why: this.#run.lossReason };
    if (client.kind === 'lost') return client;
    // It was created, and the client does not say that it could not be started
    if (state === undefined && this.#engineId !== '' && !(client.kind === 'exited' && refusals.has(client.status))) {
      if (client.kind === 'exited') return client;
      return { kind: 'lost', why: 'the container was removed by somebody else' };
    }
    if (state === undefined || !state.wasStarted) {
      const said = state !== undefined && state.error !== '' ? state.error : await this.#said();
      const status = client.kind === 'exited' ? `exited with status ${client.status}` : 'was ended by a signal';
      const program = basename(this.#engine?.program ?? '');
      return {
        kind: 'refused',
        why: `Failed to run '${program} run ${this.#plan.image}': ${status}${said === '' ? '' : `; stderr='${said}'`}`,
      };
    }
    this.#state ??= state;
    if (state.isRunning) {
      return {
        kind: 'lost',
        why: `the '${basename(this.#engine?.program ?? '')} run' that watched the container was killed`,
      };
    }
    const { exitCode: status } = state;
    const outOfMemory =
      state.isOutOfMemory || (status === killedStatus && !this.#isKilled && kernelSaysOutOfMemory(this.#engineId));
    if (!outOfMemory) return { kind: 'exited', status };
    const { limit: mem } = allowanceOf(this.#context.info, 'mem');
    return {
      kind: 'exited',
      status,
      limit: {
        reason: 'REASON_CONTAINER_LIMITATION_MEMORY',
        message: `Memory limit exceeded: Requested: ${mem}MB; Container exited with status ${status}`,
      },
    };
  }

  /** The last words in the sandbox's stderr, which the client shares with its container. */
  async #said(): Promise<string> {
    try {
      const file = await open(join(this.#context.sandbox, 'stderr'), 'r');
      try {
        const { size } = await file.stat();
        const length = Math.min(size, maxSaidBytes);
        const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
        return buffer.toString('utf8').trim().slice(-1000);
      } finally {
        await file.close();
      }
    } catch {
      return '';
    }
  }

  async #remove(engine: ContainerEngine, state: ContainerState | undefined): Promise<void> {
    // Engines give a running container a grace period of their own before they remove it.
    if (state?.isRunning === true) await engine.kill(this.#name);
    await removeContainer(engine, this.#name, { logger: this.#logger, signal: this.#closing.signal });
  }

  terminate(graceMs: number): boolean {
    const engine = this.#itsEngine();
    if (engine === undefined || this.#state === undefined) return false;
    this.#isKilled = true;
    // Whole seconds, rounded up: the exact end of the grace period is kept by whoever calls kill() then.
    void engine.stop(this.#name, Math.ceil(graceMs / 1000) + 1);
    return true;
  }

  kill(): void {
    this.#isKilled = true;
    const engine = this.#itsEngine();
    if (engine === undefined || !existsSync(this.#cidFile)) {
      this.#run.kill();
      return;
    }
    this.#killing ??= engine.kill(this.#name).finally(() => {
      this.#killing = undefined;
    });
  }

  async execute(
    command: CommandInfo,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  ): Promise<ShortEnd> {
    const engine = this.#itsEngine();
    if (engine === undefined) return { exitCode: undefined, why: 'the container is not there' };
    const { shell = true, value = '', arguments: args = [] } = command;
    const { passed, file } = engineEnvironment(commandVariables(command, this.#context.environment.secrets));
    const inside = shell ? ['/bin/sh', '-c', value] : [value, ...args.slice(1)];
    const exported = file.split('\n').filter((line) => line !== '');
    const words = [
      engine.program,
      'exec',
      ...[...passed.keys()].map((name) => `--env=${name}`),
      this.#name,
      ...(exported.length === 0 ? [] : ['env', '--', ...exported]),
      ...inside,
    ];
    return runInGroup(['/bin/sh', '-c', `exec ${words.map(shellQuote).join(' ')} </dev/null`], {
      timeoutMs,
      signal,
      env: { ...(process.env as Record<string, string>), ...Object.fromEntries(passed) },
    });
  }

  get executorPid(): number | undefined {
    return this.#run.supervisor?.pid;
  }

  get sessionId(): number | undefined {
    return this.#state?.pid;
  }

  get processes(): TaskProcesses | undefined {
    return undefined;
  }

  get addresses(): readonly string[] {
    return this.#state?.addresses ?? [];
  }

  get networkName(): string | undefined {
    const { kind } = this.#plan.network;
    return kind === 'host' || kind === 'none' ? undefined : this.#name;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#up, this.#examination, this.#killing]);
  }
}
