import { LaunchError } from '../launch-error.js';
import { isExportable, shellQuote } from '../launch-script.js';

/** Variables that tell the engine's client what to do: it gets the agent's, never the task's. */
const steering =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|LANG|LC_.*|XDG_.*|DOCKER_.*|CONTAINERS?_.*|STORAGE_.*|BUILDAH_.*|REGISTRY_.*|NETAVARK_.*|DBUS_.*|NOTIFY_SOCKET|LISTEN_.*|GO.*|LD_.*|SSL_CERT_.*|SSH_.*|_.*)$/;

/** How the variables of a container get to the engine's client, without being arguments: those, every user can read. */
export interface EngineEnvironment {
  /** Variables of the client that it passes on by name. */
  readonly passed: ReadonlyMap<string, string>;
  /** The text of a file for `--env-file`. */
  readonly file: string;
}

/** Divides the variables of a container. Throws LaunchError for a name or value that no engine takes. */
export function engineEnvironment(environment: ReadonlyMap<string, string>): EngineEnvironment {
  const passed = new Map<string, string>();
  const lines: string[] = [];
  for (const [name, value] of environment) {
    if (name === '' || /[=\s\0]/.test(name) || name.startsWith('#')) {
      throw new LaunchError(`${JSON.stringify(name)} is not the name of an environment variable of a container`);
    }
    if (value.includes('\0')) {
      throw new LaunchError(`the value of the environment variable ${JSON.stringify(name)} contains a NUL character`);
    }
    if (isExportable(name) && !steering.test(name)) passed.set(name, value);
    else if (/[\r\n]/.test(value)) {
      throw new LaunchError(
        `the value of the environment variable ${JSON.stringify(name)} has several lines, which no container engine takes for a variable of this name`,
      );
    } else lines.push(`${name}=${value}\n`);
  }
  return { passed, file: lines.join('') };
}

/** The shell text that becomes the engine's client: with the agent's steering variables, and those to pass on. */
export function clientScript(
  words: readonly string[],
  passed: ReadonlyMap<string, string>,
  agentEnvironment: Readonly<Record<string, string | undefined>>,
): string {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(agentEnvironment)) {
    if (value !== undefined && steering.test(name) && isExportable(name)) {
      lines.push(`export ${name}=${shellQuote(value)}`);
    }
  }
  for (const [name, value] of passed) lines.push(`export ${name}=${shellQuote(value)}`);
  lines.push(`exec ${words.map(shellQuote).join(' ')} </dev/null`, '');
  return lines.join('\n');
}
