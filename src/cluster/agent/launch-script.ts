import type { CommandInfo } from '../../mesos/types.js';

/** A command that cannot be turned into a process; the text says what is wrong with it. */
export class InvalidCommandError extends Error {
  override readonly name = 'InvalidCommandError';
}

/** One word of a POSIX shell that means exactly `text`. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Names that a shell can export, without those that some shells refuse to set or give a meaning to while they read the script. */
export function isExportable(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/^(?:UID|EUID|PPID|OPTIND|LINENO|SHELLOPTS|BASH.*|_)$/.test(name);
}

function refuseNul(what: string, text: string): void {
  if (text.includes('\0')) throw new InvalidCommandError(`${what} contains a NUL character`);
}

/** The words that the task is executed as. */
function argvOf(command: CommandInfo): readonly string[] {
  const { shell = true, value, arguments: args = [] } = command;
  if (shell) {
    if (value === undefined)
      throw new InvalidCommandError("Shell command is not specified: 'command.value' is missing");
    return ['/bin/sh', '-c', value];
  }
  if (value === undefined || value === '') {
    throw new InvalidCommandError("Executable is not specified: 'command.value' is missing");
  }
  return [value, ...args.slice(1)];
}

/**
 * The POSIX shell text that becomes the task: it exports the environment and executes the command, which then has the pid
 * of that shell. The file holds the variables, not an argument list: every user of the machine can read arguments. Names
 * that a shell cannot export go through env(1). `value` is the program, looked up like execvp does, `arguments` the whole
 * argv, whose first word is taken to be the program's name. Throws InvalidCommandError.
 */
export function launchScript(command: CommandInfo, environment: ReadonlyMap<string, string>): string {
  const exported: string[] = [];
  const passed: string[] = [];
  for (const [name, value] of environment) {
    refuseNul(`the value of the environment variable ${JSON.stringify(name)}`, value);
    if (name === '' || name.includes('=') || name.includes('\0')) {
      throw new InvalidCommandError(`${JSON.stringify(name)} is not the name of an environment variable`);
    }
    if (isExportable(name)) exported.push(`export ${name}=${shellQuote(value)}`);
    else passed.push(shellQuote(`${name}=${value}`));
  }
  const argv = argvOf(command);
  for (const word of argv) refuseNul('the command', word);
  const [program = ''] = argv;
  const words = argv.map(shellQuote).join(' ');
  return [
    ...exported,
    // Mesos reports a program that cannot be executed as exit status 1.
    `command -v ${shellQuote(program)} >/dev/null || {`,
    `  printf 'Failed to execute command: %s: no such file, or it is not executable\\n' ${shellQuote(program)} >&2`,
    '  exit 1',
    '}',
    `exec ${passed.length === 0 ? '' : `env -- ${passed.join(' ')} `}${words} </dev/null`,
    '',
  ].join('\n');
}
