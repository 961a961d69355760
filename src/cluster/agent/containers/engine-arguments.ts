import type { CommandInfo } from '../../../mesos/types.js';
import { LaunchError } from '../launch-error.js';
import type { ContainerPlan } from './container-plan.js';
import type { Mount } from './mounts.js';
import type { LinuxInfo, Parameter } from './container-info.js';

/** Where a container finds its sandbox (Mesos' `--sandbox_directory`). */
export const sandboxInContainer = '/mnt/mesos/sandbox';

/** The least that the kernel, and Mesos, give a container. */
const minCpuShares = 2;
const cpuSharesPerCpu = 1024;
const minMemoryBytes = 32 * 2 ** 20;

/** What `run` is told besides the plan. */
export interface RunFacts {
  readonly name: string;
  /** A file that the engine writes the container's id to once it is created. */
  readonly cidFile: string;
  readonly labels: ReadonlyMap<string, string>;
  /** In the network of this container instead of the planned one. */
  readonly joins?: string | undefined;
  readonly cpus: number;
  /** More cpus than these it cannot use; undefined = no limit. */
  readonly cpuLimit?: number | undefined;
  readonly memoryBytes: number;
  /** `Infinity` = no limit; undefined = `memoryBytes`. */
  readonly memoryLimitBytes?: number | undefined;
  readonly mounts: readonly Mount[];
  /** Variables that the engine's client has in its own environment. */
  readonly passedNames: readonly string[];
  /** A file with the others, `NAME=value` per line. */
  readonly environmentFile: string;
  /** `uid:gid`; undefined = the image's. */
  readonly user?: string | undefined;
  /** Undefined = the image's. */
  readonly workingDirectory?: string | undefined;
  readonly command: CommandInfo;
}

/** Options that would take the container out of the agent's hands. */
const ownOptions: ReadonlySet<string> = new Set([
  'attach',
  'cidfile',
  'conmon-pidfile',
  'detach',
  'detach-keys',
  'interactive',
  'name',
  'pidfile',
  'pod',
  'pod-id-file',
  'preserve-fds',
  'pull',
  'replace',
  'restart',
  'rm',
  'rmi',
  'rootfs',
  'sig-proxy',
]);

/** `--key=value` for each parameter. Throws LaunchError for what is not an option, or one that is the agent's own business. */
export function parameterArguments(parameters: readonly Parameter[]): string[] {
  return parameters.map(({ key, value = '' }) => {
    if (!/^[a-z][a-z0-9-]{0,63}$/.test(key)) {
      throw new LaunchError(
        `the Docker parameter ${JSON.stringify(key.slice(0, 100))} is not the long name of an option of 'docker run' (without the dashes)`,
      );
    }
    if (ownOptions.has(key)) {
      throw new LaunchError(`the Docker parameter '${key}' is not allowed: the agent decides it itself`);
    }
    if (value.includes('\0')) throw new LaunchError(`the Docker parameter '${key}' contains a NUL character`);
    return `--${key}=${value}`;
  });
}

function linuxArguments(linux: LinuxInfo | undefined): string[] {
  if (linux === undefined) return [];
  const { seccomp, ipc_mode, shm_size } = linux;
  if (seccomp?.profile_name !== undefined) {
    throw new LaunchError(`the seccomp profile '${seccomp.profile_name}' is not known to this agent`);
  }
  return [
    ...(seccomp?.unconfined === true ? ['--security-opt=seccomp=unconfined'] : []),
    ...(ipc_mode === 'SHARE_PARENT' ? ['--ipc=host'] : []),
    ...(shm_size === undefined ? [] : [`--shm-size=${shm_size}m`]),
  ];
}

function networkArguments(plan: ContainerPlan, joins: string | undefined): string[] {
  if (joins !== undefined) return [`--network=container:${joins}`];
  const { network, ports } = plan;
  return [
    `--network=${network.kind === 'named' ? network.name : network.kind}`,
    ...ports.map(
      ({ host_port, container_port, protocol = 'tcp' }) =>
        `--publish=${host_port}:${container_port}/${protocol.toLowerCase()}`,
    ),
  ];
}

function memoryArguments({ memoryBytes, memoryLimitBytes = memoryBytes }: RunFacts): string[] {
  const atLeast = (bytes: number): number => Math.max(minMemoryBytes, Math.floor(bytes));
  if (memoryBytes === 0 && memoryLimitBytes === 0) return [];
  return [
    ...(Number.isFinite(memoryLimitBytes) ? [`--memory=${atLeast(memoryLimitBytes)}`] : []),
    ...(memoryLimitBytes > memoryBytes && memoryBytes > 0 ? [`--memory-reservation=${atLeast(memoryBytes)}`] : []),
  ];
}

function mountArgument({ source, target, readOnly }: Mount): string {
  for (const path of [source, target]) {
    if (/[:\0]/.test(path)) throw new LaunchError(`the path '${path}' of a volume contains a colon`);
  }
  return `--volume=${source}:${target}:${readOnly ? 'ro' : 'rw'}`;
}

/**
 * What follows the image, and the entry point that replaces the image's. A shell command never meets the image's entry point;
 * an argument list is its arguments, after `value` when there is one (Docker), or runs as `value` with the argv `arguments`
 * (Mesos containerizer).
 */
export function commandArguments(
  type: ContainerPlan['type'],
  command: CommandInfo,
): { readonly entrypoint: string | undefined; readonly words: readonly string[] } {
  const { shell = true, value, arguments: args = [] } = command;
  if (shell) {
    if (value === undefined || value === '') return { entrypoint: undefined, words: [] };
    return { entrypoint: '/bin/sh', words: ['-c', value] };
  }
  if (value === undefined || value === '') return { entrypoint: undefined, words: args };
  return type === 'DOCKER'
    ? { entrypoint: undefined, words: [value, ...args] }
    : { entrypoint: value, words: args.slice(1) };
}

/** The words of `run` after the engine's name: what makes a container of the plan. Throws LaunchError. */
export function runArguments(plan: ContainerPlan, facts: RunFacts): readonly string[] {
  const { entrypoint, words } = commandArguments(plan.type, facts.command);
  for (const word of [entrypoint ?? '', ...words]) {
    if (word.includes('\0')) throw new LaunchError('the command contains a NUL character');
  }
  // An image that begins with a dash would be read as an option.
  if (!/^[A-Za-z0-9]/.test(plan.image) || /[\s\0]/.test(plan.image)) {
    throw new LaunchError(`${JSON.stringify(plan.image.slice(0, 300))} is not the name of an image`);
  }
  return [
    'run',
    '--pull=never',
    `--name=${facts.name}`,
    `--cidfile=${facts.cidFile}`,
    `--cpu-shares=${Math.max(minCpuShares, Math.floor(facts.cpus * cpuSharesPerCpu))}`,
    ...(Number.isFinite(facts.cpuLimit) ? [`--cpus=${facts.cpuLimit}`] : []),
    ...memoryArguments(facts),
    ...(plan.privileged ? ['--privileged'] : []),
    ...networkArguments(plan, facts.joins),
    ...(plan.hostname === undefined || facts.joins !== undefined ? [] : [`--hostname=${plan.hostname}`]),
    ...(facts.user === undefined ? [] : [`--user=${facts.user}`]),
    ...(facts.workingDirectory === undefined ? [] : [`--workdir=${facts.workingDirectory}`]),
    ...(plan.volumeDriver === undefined || plan.volumeDriver === '' ? [] : [`--volume-driver=${plan.volumeDriver}`]),
    ...facts.mounts.map(mountArgument),
    ...(plan.tty ? ['--tty'] : []),
    ...linuxArguments(plan.linux),
    ...[...facts.labels].map(([key, value]) => `--label=${key}=${value}`),
    `--env-file=${facts.environmentFile}`,
    ...facts.passedNames.map((name) => `--env=${name}`),
    ...parameterArguments(plan.parameters),
    ...(entrypoint === undefined ? [] : [`--entrypoint=${entrypoint}`]),
    plan.image,
    ...words,
  ];
}
