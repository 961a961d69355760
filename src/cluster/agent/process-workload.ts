import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommandInfo } from '../../mesos/types.js';
import type { ContainerInfo } from './containers/container-info.js';
import { networkOf } from './containers/container-plan.js';
import { processLinks } from './containers/mounts.js';
import { LaunchError } from './launch-error.js';
import { launchScript } from './launch-script.js';
import type { TaskProcesses } from './process-table.js';
import { runInGroup } from './run-in-group.js';
import type { ShortEnd } from './run-in-group.js';
import { commandVariables, defaultPath, taskEnvironment } from './task-environment.js';
import { TaskRun } from './task-run.js';
import { asUser } from './task-user.js';
import type { TaskUser } from './task-user.js';
import { claimPersistentVolumes, makeVolumeDirectory } from './volume-directories.js';
import type { Workload, WorkloadContext, WorkloadEnd } from './workload.js';

/** A task as a process group of this machine, under a supervisor of its own. */
export class ProcessWorkload implements Workload {
  readonly noun = 'Command';
  readonly addresses: readonly string[] = [];
  readonly networkName = undefined;
  readonly #context: WorkloadContext;
  readonly #run: TaskRun;
  #launch:
    | {
        readonly script: string;
        readonly user: TaskUser | undefined;
        readonly secrets: readonly { readonly path: string; readonly content: Buffer }[];
      }
    | undefined;

  constructor(context: WorkloadContext) {
    this.#context = context;
    this.#run = new TaskRun(context.runDirectory, context.bootId);
  }

  async prepare(): Promise<void> {
    const { info, environment, sandbox, volumes, ownedBelow } = this.#context;
    const container = info.container as ContainerInfo | undefined;
    const network = networkOf(container);
    if (network.kind !== 'host') {
      throw new LaunchError(
        `Unknown CNI network '${network.kind === 'named' ? network.name : 'mesos-bridge'}': a process of this machine is in its network; one of its own needs a container with an image`,
      );
    }
    const { seccomp, ipc_mode: ipcMode, shm_size: shmSize } = container?.linux_info ?? {};
    if (seccomp?.profile_name !== undefined || ipcMode === 'PRIVATE' || shmSize !== undefined) {
      const setting = seccomp?.profile_name === undefined ? 'shared memory of its own' : 'a seccomp profile';
      throw new LaunchError(`a process of this machine cannot have ${setting}: that needs a container with an image`);
    }
    const command = info.command ?? {};
    const script = launchScript(command, taskEnvironment(environment, command));
    const user = await this.#context.user();
    await claimPersistentVolumes(volumes.persistent, user);
    const { links, secrets } = processLinks(container?.volumes ?? [], volumes, this.#context.secretsDirectory);
    for (const { path, target, isMade } of links) {
      if (isMade) await makeVolumeDirectory(target, user, ownedBelow);
      const link = join(sandbox, path);
      await mkdir(dirname(link), { recursive: true });
      await symlink(target, link);
    }
    this.#launch = { script, user, secrets };
  }

  /** Only a task that is started has them, so that its end is when they go. */
  #writeSecrets(): void {
    const { user, secrets = [] } = this.#launch ?? {};
    if (secrets.length === 0) return;
    mkdirSync(this.#context.secretsDirectory, { recursive: true, mode: 0o711 });
    for (const { path, content } of secrets) {
      writeFileSync(path, content, { mode: 0o600 });
      if (user !== undefined) chownSync(path, user.uid, user.gid);
    }
  }

  #removeSecrets(): void {
    const { volumes = [] } = (this.#context.info.container ?? {}) as ContainerInfo;
    const hasSecrets = volumes.some(({ source }) => source?.type === 'SECRET');
    if (hasSecrets) rmSync(this.#context.secretsDirectory, { recursive: true, force: true });
  }

  start(): void {
    if (this.#launch === undefined) throw new Error('a task is started before it is prepared');
    const { supervisorScript, sandbox, onChange } = this.#context;
    try {
      this.#writeSecrets();
      this.#run.start({
        supervisorScript,
        launch: this.#launch.script,
        sandbox,
        user: this.#launch.user,
        onExit: onChange,
      });
    } catch (error) {
      this.#removeSecrets();
      throw error;
    }
  }

  up(): Promise<void> {
    return Promise.resolve();
  }

  wasStarted(): boolean {
    return this.#run.wasStarted();
  }

  end(): WorkloadEnd | undefined {
    const recorded = this.#run.end();
    if (recorded === undefined && this.#run.isSupervised()) return undefined;
    // The supervisor may have written the end between the two looks.
    const end = recorded ?? this.#run.end() ?? { kind: 'lost', why: this.#run.lossReason };
    if (end.kind === 'lost') this.#run.kill();
    this.#removeSecrets();
    return end;
  }

  terminate(): boolean {
    return this.#run.terminate();
  }

  kill(): void {
    this.#run.kill();
  }

  async execute(
    command: CommandInfo,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  ): Promise<ShortEnd> {
    const { environment, sandbox, info } = this.#context;
    const variables = new Map([
      ...taskEnvironment(environment, info.command ?? {}),
      ...commandVariables(command, environment.secrets),
    ]);
    // By its standard input: arguments are public, and the variables may hold passwords.
    return runInGroup(asUser(await this.#context.user(), ['/bin/sh', '-s']), {
      timeoutMs,
      signal,
      cwd: sandbox,
      env: { PATH: defaultPath },
      input: launchScript(command, variables),
    });
  }

  get executorPid(): number | undefined {
    return this.#run.supervisor?.pid;
  }

  get sessionId(): number | undefined {
    return this.#run.task?.pid;
  }

  get processes(): TaskProcesses | undefined {
    const leader = this.#run.task;
    return leader === undefined ? undefined : { leader, sandbox: this.#context.sandbox };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
