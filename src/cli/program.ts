import { messageOf, StartupError, UsageError } from '../common/errors.js';
import { packageVersion } from '../common/package-version.js';
import { commandNames } from './flags.js';
import type { CommandName } from './flags.js';
import { topHelp } from './help.js';
import { areMesosDnsWords } from './mesos-dns-words.js';
import { areBambooWords } from './originals/bamboo-words.js';
import { originalNamed } from './originals.js';
import { nearest } from '../common/nearest.js';
import { resolveSettings } from './settings.js';
import type { Invocation } from './settings.js';
import { softwareError } from './unexpected.js';

/** A command as its file under commands/ exports it: runs until it is done and resolves with the exit status. */
export interface CommandModule {
  /** `mainPath` is the file of this program, with which other roles are started. */
  run(invocation: Invocation, mainPath: string): Promise<number>;
}

/** Each command loads only its own code. */
const modules: Readonly<Record<CommandName, () => Promise<CommandModule>>> = {
  up: () => import('./commands/up.js'),
  cluster: () => import('./commands/cluster.js'),
  scheduler: () => import('./commands/scheduler.js'),
  dns: () => import('./commands/dns.js'),
  lb: () => import('./commands/lb.js'),
  backup: () => import('./commands/backup.js'),
  restore: () => import('./commands/restore.js'),
  'forget-framework': () => import('./commands/forget-framework.js'),
};

/**
 * Runs what the arguments ask for and resolves with the exit status: 0; 1 could not start, 2 wrong usage (both with one line on
 * stderr); 70 an unexpected error, with its stack.
 */
export async function runProgram(argv: readonly string[], mainPath: string): Promise<number> {
  const [first, ...rest] = argv;
  try {
    return await dispatch(first, rest, mainPath);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof StartupError)) {
      process.stderr.write(`${error instanceof Error ? error.stack : messageOf(error)}\n`);
      return softwareError;
    }
    const name = isCommandName(first) ? `ekiden ${first}` : originalNamed(first ?? '') === undefined ? 'ekiden' : first;
    process.stderr.write(`${name}: ${messageOf(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function dispatch(first: string | undefined, rest: readonly string[], mainPath: string): Promise<number> {
  switch (first) {
    case undefined:
      process.stderr.write(topHelp);
      return 2;
    case '--version':
    case '-V':
    case 'version':
      process.stdout.write(`${packageVersion()}\n`);
      return 0;
    case '--help':
    case '-h':
    case 'help':
      return rest[0] === undefined ? showTopHelp() : dispatchCommand(rest[0], ['--help'], mainPath);
    default:
      return dispatchCommand(first, rest, mainPath);
  }
}

function showTopHelp(): number {
  process.stdout.write(topHelp);
  return 0;
}

async function dispatchCommand(command: string, argv: readonly string[], mainPath: string): Promise<number> {
  if (command === 'hash-password') {
    const { hashPasswordCommand } = await import('./commands/hash-password.js');
    return hashPasswordCommand(argv, process.stdin, (text) => process.stdout.write(text));
  }
  const original = command === 'lb' && areBambooWords(argv) ? originalNamed('bamboo') : originalNamed(command);
  if (original !== undefined) return (await original()).run(argv);
  if (!isCommandName(command)) throw unknownCommand(command);
  if (command === 'dns' && areMesosDnsWords(argv)) {
    const { runMesosDns } = await import('./commands/mesos-dns.js');
    return runMesosDns(argv, (text) => process.stdout.write(text));
  }
  if (argv[0] === '--version') {
    process.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  const invocation = resolveSettings(command, argv, process.env, (help) => process.stdout.write(help));
  if (invocation === undefined) return 0;
  const module = await modules[command]();
  return module.run(invocation, mainPath);
}

function unknownCommand(text: string): UsageError {
  if (text.startsWith('-')) {
    return new UsageError(`options follow the command: ekiden up ${text} … (ekiden --help lists the commands)`);
  }
  const guess = nearest(text, commandNames);
  return new UsageError(
    `'${text}' is not a command (${commandNames.join(', ')}, hash-password, version, help)${guess === undefined ? '' : `: did you mean ${guess}?`}`,
  );
}

function isCommandName(text: string | undefined): text is CommandName {
  return (commandNames as readonly (string | undefined)[]).includes(text);
}
