import { join } from 'node:path';
import { LaunchError } from '../launch-error.js';
import type { SecretInfo, VolumeInfo } from './container-info.js';
import { sandboxInContainer } from './engine-arguments.js';
import type { Secrets } from './secrets.js';

/** A directory or file of this machine, or a volume of the engine, as a container sees it. */
export interface Mount {
  /** An absolute path, or the name of a volume of the engine. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** A directory that is made when it is not there. */
  readonly isMade: boolean;
}

/** A name in the sandbox of a process that leads elsewhere. */
export interface SandboxLink {
  /** Relative to the sandbox; plain segments. */
  readonly path: string;
  readonly target: string;
  /** The target is a directory that is made when it is not there. */
  readonly isMade: boolean;
}

/** What the paths of volumes are relative to. */
export interface VolumeFacts {
  readonly sandbox: string;
  /** Directories of the task's persistent volumes, by their path in the sandbox. */
  readonly persistent: ReadonlyMap<string, string>;
  /** What volumes may refer to. */
  readonly secrets: Secrets;
  /** The same of the group that the task belongs to. */
  readonly group: { readonly sandbox: string; readonly persistent: ReadonlyMap<string, string> } | undefined;
}

/** A relative path as its plain segments. Throws LaunchError for one that leads upwards or nowhere. */
export function pathInSandbox(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (path.startsWith('/') || segments.length === 0 || segments.includes('..') || path.includes('\0')) {
    throw new LaunchError(`the path '${path.slice(0, 300)}' of a volume does not lead into the sandbox`);
  }
  return segments.join('/');
}

/** Where a path of a sandbox really is: in a persistent volume that is there, or in the sandbox itself. */
function place(base: { sandbox: string; persistent: ReadonlyMap<string, string> }, path: string): string {
  const plain = pathInSandbox(path);
  for (const [volume, directory] of base.persistent) {
    if (plain === volume) return directory;
    if (plain.startsWith(`${volume}/`)) return join(directory, plain.slice(volume.length + 1));
  }
  return join(base.sandbox, plain);
}

type Source =
  | { readonly kind: 'directory'; readonly path: string; readonly isMade: boolean }
  | { readonly kind: 'engine'; readonly name: string }
  | { readonly kind: 'secret'; readonly secret: SecretInfo };

function sourceOf(volume: VolumeInfo, facts: VolumeFacts): Source {
  const { source } = volume;
  const type = source?.type ?? 'HOST_PATH';
  switch (type) {
    case 'HOST_PATH': {
      const path = volume.host_path ?? source?.host_path?.path;
      if (path === undefined || path === '') {
        throw new LaunchError(`the volume '${volume.container_path}' has neither a host path nor another source`);
      }
      return { kind: 'directory', path: path.startsWith('/') ? path : place(facts, path), isMade: true };
    }
    case 'SANDBOX_PATH': {
      const { type: whose = 'SELF', path = '' } = source?.sandbox_path ?? {};
      if (whose === 'PARENT' && facts.group === undefined) {
        throw new LaunchError(
          `the volume '${volume.container_path}' is shared with a task group, but the task is in none`,
        );
      }
      return {
        kind: 'directory',
        path: place(whose === 'PARENT' ? (facts.group ?? facts) : facts, path),
        isMade: true,
      };
    }
    case 'DOCKER_VOLUME': {
      const { name = '' } = source?.docker_volume ?? {};
      if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/.test(name)) {
        throw new LaunchError(`'${name.slice(0, 300)}' is not a name of a Docker volume`);
      }
      return { kind: 'engine', name };
    }
    case 'SECRET':
      return { kind: 'secret', secret: source?.secret ?? {} };
    default:
      throw new LaunchError(`volumes of the source ${type} are not supported`);
  }
}

/** What a container sees of this machine, and the secrets it finds in files; `secretsAt` is the directory of those. */
export function containerMounts(
  volumes: readonly VolumeInfo[],
  facts: VolumeFacts,
  secretsAt: string,
): { readonly mounts: readonly Mount[]; readonly secrets: readonly { path: string; content: Buffer }[] } {
  const secrets: { path: string; content: Buffer }[] = [];
  const mounts: Mount[] = [{ source: facts.sandbox, target: sandboxInContainer, readOnly: false, isMade: false }];
  for (const [path, directory] of facts.persistent) {
    mounts.push({ source: directory, target: join(sandboxInContainer, path), readOnly: false, isMade: false });
  }
  for (const [index, volume] of volumes.entries()) {
    const { container_path: path, mode = 'RW' } = volume;
    const target = path.startsWith('/') ? path : join(sandboxInContainer, pathInSandbox(path));
    const source = sourceOf(volume, facts);
    const readOnly = mode === 'RO';
    switch (source.kind) {
      case 'directory':
        mounts.push({ source: source.path, target, readOnly, isMade: source.isMade });
        break;
      case 'engine':
        mounts.push({ source: source.name, target, readOnly, isMade: false });
        break;
      case 'secret': {
        const file = join(secretsAt, `secret-${index}`);
        secrets.push({ path: file, content: facts.secrets.bytes(source.secret) });
        mounts.push({ source: file, target, readOnly: true, isMade: false });
        break;
      }
    }
  }
  return { mounts, secrets };
}

/**
 * What a process finds in its sandbox. It sees the machine as it is: a volume at a relative path is a link, one at an absolute
 * path has to be there already under that name, and nothing can be made read-only. Throws LaunchError for the rest.
 */
export function processLinks(
  volumes: readonly VolumeInfo[],
  facts: VolumeFacts,
  secretsAt: string,
): { readonly links: readonly SandboxLink[]; readonly secrets: readonly { path: string; content: Buffer }[] } {
  const secrets: { path: string; content: Buffer }[] = [];
  const links: SandboxLink[] = [...facts.persistent].map(([path, target]) => ({ path, target, isMade: false }));
  for (const volume of volumes) {
    const { container_path: path, mode = 'RW' } = volume;
    const source = sourceOf(volume, facts);
    if (source.kind === 'engine') {
      throw new LaunchError(`the Docker volume '${source.name}' needs a container with an image`);
    }
    if (source.kind === 'secret') {
      const file = join(secretsAt, `secret-${secrets.length}`);
      secrets.push({ path: file, content: facts.secrets.bytes(source.secret) });
      links.push({ path: pathInSandbox(path), target: file, isMade: false });
      continue;
    }
    if (mode === 'RO') {
      throw new LaunchError(
        `Volumes in ContainerInfo is not supported: '${path}' is to be read-only, which needs a container with an image`,
      );
    }
    if (!path.startsWith('/')) {
      const plain = pathInSandbox(path);
      // A directory of the own sandbox under its own name needs no link.
      if (source.path !== join(facts.sandbox, plain))
        links.push({ path: plain, target: source.path, isMade: source.isMade });
    } else if (join(path, '.') !== join(source.path, '.')) {
      throw new LaunchError(
        `Volumes in ContainerInfo is not supported: '${path}' would be '${source.path}' for this task only, which needs a container with an image`,
      );
    }
  }
  return { links, secrets };
}
