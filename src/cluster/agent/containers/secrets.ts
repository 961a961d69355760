import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../../common/errors.js';
import type { EnvironmentVariable } from '../../../mesos/types.js';
import { LaunchError } from '../launch-error.js';
import type { SecretInfo } from './container-info.js';

/** Passwords and keys are small; what is larger is none. */
const maxSecretBytes = 1 << 20;

/** The path of a secret below the directory of secrets; undefined for a name that leads out of it, or to a hidden file. */
function pathOf(name: string): string | undefined {
  const segments = name.split('/').filter((segment) => segment !== '');
  const isPlain =
    segments.length > 0 && segments.every((segment) => !segment.startsWith('.') && !segment.includes('\0'));
  return isPlain ? segments.join('/') : undefined;
}

/** The secrets that tasks of this agent may refer to: the files of a directory, by their paths in it (`--secrets_dir`). */
export class Secrets {
  readonly #directory: string | undefined;

  /** Undefined: there are none. */
  constructor(directory: string | undefined) {
    this.#directory = directory;
  }

  /** What a secret says: one that brings its value, or one that is referred to and found here. Throws LaunchError. */
  bytes({ reference, value }: SecretInfo): Buffer {
    if (value !== undefined) return Buffer.from(value.data, 'base64');
    const { name = '', key } = reference ?? {};
    const full = key === undefined ? name : `${name}/${key}`;
    const shown = `the secret '${full.slice(0, 300)}'`;
    if (this.#directory === undefined) {
      throw new LaunchError(
        `${shown} is only referred to: this agent was started without --secrets_dir, so that it knows no secrets`,
      );
    }
    const path = pathOf(full);
    if (path === undefined)
      throw new LaunchError(`${shown} cannot be in the agent's --secrets_dir: it is not a plain path`);
    try {
      const file = join(this.#directory, path);
      const { size } = statSync(file);
      if (size > maxSecretBytes) throw new LaunchError(`${shown} has more than ${maxSecretBytes} bytes`);
      return readFileSync(file);
    } catch (error) {
      if (error instanceof LaunchError) throw error;
      const code = codeOf(error);
      const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'is not there' : `cannot be read (${code ?? 'unknown'})`;
      throw new LaunchError(`${shown} ${why}: the agent looks for it in its --secrets_dir`);
    }
  }

  /** The value of a variable, which may be a secret. Throws LaunchError. */
  valueOf({ type, value = '', secret = {} }: EnvironmentVariable): string {
    return type === 'SECRET' ? this.bytes(secret).toString('utf8') : value;
  }
}
