import { mkdir, open, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { LaunchError } from '../launch-error.js';

/** A Docker configuration is small; more is not read. */
const maxConfigBytes = 1 << 20;

async function readConfig(path: string): Promise<unknown> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile() || stats.size > maxConfigBytes) return undefined;
      return JSON.parse(await file.readFile('utf8'));
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The credentials that a task has fetched for its image (`docker.tar.gz` with `.docker/config.json`, or the older
 * `.dockercfg`), as environment of the engine's client; they are written to `directory`. Only registry passwords are taken: a
 * configuration may name programs to be run, too. Undefined when the sandbox has none.
 */
export async function pullCredentials(sandbox: string, directory: string): Promise<Record<string, string> | undefined> {
  const config = await readConfig(join(sandbox, '.docker', 'config.json'));
  const old = config === undefined ? await readConfig(join(sandbox, '.dockercfg')) : undefined;
  const auths = isRecord(config) ? config['auths'] : old;
  return isRecord(auths) ? writeCredentials(auths, directory) : undefined;
}

/** The same from a secret that holds Docker's configuration file. Throws LaunchError for one that does not. */
export async function secretCredentials(content: Buffer, directory: string): Promise<Record<string, string>> {
  let config: unknown;
  try {
    config = JSON.parse(content.toString('utf8'));
  } catch {
    config = undefined;
  }
  const auths = isRecord(config) ? (config['auths'] ?? config) : undefined;
  if (!isRecord(auths)) {
    throw new LaunchError("the secret that the image is to be pulled with is not a configuration file of Docker's");
  }
  return writeCredentials(auths, directory);
}

async function writeCredentials(auths: Record<string, unknown>, directory: string): Promise<Record<string, string>> {
  const at = join(directory, 'credentials');
  await mkdir(at, { recursive: true, mode: 0o700 });
  const file = join(at, 'config.json');
  await writeFile(file, JSON.stringify({ auths }), { mode: 0o600 });
  // Docker looks for `config.json` in the one, podman takes the other.
  return { DOCKER_CONFIG: at, REGISTRY_AUTH_FILE: file };
}
