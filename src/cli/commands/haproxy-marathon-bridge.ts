import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { readTasksText } from '../../catalog/providers/marathon/read-once.js';
import type { TasksTextLine } from '../../catalog/providers/marathon/tasks-text.js';
import { trustReader } from '../../catalog/providers/trust-reader.js';
import { messageOf, StartupError, UsageError } from '../../common/errors.js';
import { packageRoot } from '../../common/package-root.js';
import { runCommand } from '../../common/run-command.js';
import { bridgeApps, bridgeConfiguration, bridgeHeader } from '../../lb/bridge/configuration.js';
import { bridgeFiles, installCronjob, installPackage } from '../../lb/bridge/install.js';
import { isMarathon, readMarathons } from '../../lb/bridge/marathons.js';
import { refreshSystemHaproxy } from '../../lb/bridge/refresh.js';
import { findProgram } from '../find-program.js';

const help = `haproxy-marathon-bridge - the configuration of HAProxy for the service ports of Marathon's apps

Usage: haproxy-marathon-bridge leader:8080 [more …] > haproxy.cfg
       haproxy-marathon-bridge FUNCTION [options] [leader:8080 …]

The Marathons, each host:port or a URL, are asked in this order until one answers. When none does, nothing is printed and
the exit status is 1. What is left out of the configuration, and why, stands on the standard error.

Functions:
  config                  prints the whole configuration, as without a function
  header                  prints what it begins with
  apps                    prints the services alone
  install_haproxy_system  as root: installs HAProxy if it is not there, and a cron job that runs refresh_system_haproxy each minute
                          (${bridgeFiles.marathons}, ${bridgeFiles.script},
                          ${bridgeFiles.cron}); HAProxy starts without services
  install_cronjob         the same without the package
  refresh_system_haproxy  makes /etc/haproxy/haproxy.cfg anew; if it is different and HAProxy accepts it, it is put in place and
                          HAProxy reloaded
  logged FUNCTION …       runs a function; what it says goes to the system's log

Options:
  --root DIR      the files of the functions that change the system are below this directory; nothing else is touched
  --cacert FILE   https Marathons: PEM file with what to trust besides the usual authorities
  -h, --help      this

"ekiden lb" does more: it follows events, routes by host and path, and changes servers without a reload.
`;

const functions = [
  'config',
  'header',
  'apps',
  'install_haproxy_system',
  'install_cronjob',
  'refresh_system_haproxy',
] as const;
type FunctionName = (typeof functions)[number];

/** What the bridge was told on its command line. */
export interface BridgeWords {
  readonly run: FunctionName | 'help' | 'usage';
  readonly logged: boolean;
  readonly root: string;
  readonly caFile: string | undefined;
  readonly marathons: readonly string[];
}

const isFunction = (word: string | undefined): word is FunctionName =>
  (functions as readonly (string | undefined)[]).includes(word);

/** Reads the words of haproxy-marathon-bridge (lb.md §A): the name of a function, if any, first. Throws UsageError. */
export function parseBridgeWords(words: readonly string[]): BridgeWords {
  const rest = [...words];
  const logged = rest[0] === 'logged';
  if (logged) rest.shift();
  const run = isFunction(rest[0]) ? rest[0] : undefined;
  if (run !== undefined) rest.shift();
  let root = '/';
  let isHelp = words[0] === 'help';
  let caFile: string | undefined;
  const marathons: string[] = [];
  const valueOf = (option: string, given: string | undefined): string => {
    const value = given ?? rest.shift();
    if (value === undefined || value === '') throw new UsageError(`${option} needs a value`);
    return value;
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name = word, value] = /^(--[a-z]+)=(.*)$/s.exec(word) ?? [];
    if (name === '--root') root = resolve(valueOf(name, value));
    else if (name === '--cacert') caFile = valueOf(name, value);
    else if (word === '-h' || word === '--help') isHelp = true;
    else if (word.startsWith('-')) throw new UsageError(`${word} is not an option (--help lists them)`);
    else if (!isHelp) marathons.push(checkedEndpoint(word));
  }
  const nothing = run === undefined && marathons.length === 0;
  return { run: isHelp ? 'help' : nothing ? 'usage' : (run ?? 'config'), logged, root, caFile, marathons };
}

function checkedEndpoint(word: string): string {
  if (isMarathon(word)) return word;
  throw new UsageError(`${JSON.stringify(word)} is neither host:port nor a URL, nor one of ${functions.join(', ')}`);
}

/** `haproxy-marathon-bridge`: runs a function and resolves with the exit status. Throws UsageError and StartupError. */
export async function run(argv: readonly string[]): Promise<number> {
  const words = parseBridgeWords(argv);
  if (!words.logged) {
    return runFunction(words, {
      print: (text) => process.stdout.write(text),
      tell: (line) => process.stderr.write(`${line}\n`),
    });
  }
  const printed: string[] = [];
  const told: string[] = [];
  const status = await runFunction(words, {
    print: (text) => printed.push(text),
    tell: (line) => told.push(line),
  }).catch((error: unknown) => {
    told.push(messageOf(error));
    return 1;
  });
  await writeSystemLog('user.info', printed.join(''));
  await writeSystemLog('user.notice', told.join('\n'));
  return status;
}

/** Where a function says what. */
interface Voice {
  readonly print: (text: string) => unknown;
  readonly tell: (line: string) => unknown;
}

async function writeSystemLog(priority: string, text: string): Promise<void> {
  if (text === '') return;
  const tag = `haproxy-marathon-bridge[${process.pid}]`;
  const result = await runCommand('logger', ['-t', tag, '-p', priority], { timeoutMs: 10_000, input: `${text}\n` });
  if (result.exitCode !== 0) process.stderr.write(`${text}\n`);
}

async function runFunction(words: BridgeWords, { print, tell }: Voice): Promise<number> {
  const { root, marathons } = words;
  const needMarathons = (): void => {
    if (marathons.length === 0) throw new UsageError(`${words.run} needs a Marathon: leader:8080`);
  };
  switch (words.run) {
    case 'help':
      print(help);
      return 0;
    case 'usage':
      tell(help.trimEnd());
      return 1;
    case 'header':
      print(bridgeHeader);
      return 0;
    case 'config':
    case 'apps': {
      needMarathons();
      const lines = await readTasks(words);
      const made = words.run === 'config' ? bridgeConfiguration(lines) : bridgeApps(lines);
      for (const note of made.notes) tell(note);
      print(made.text);
      return 0;
    }
    case 'refresh_system_haproxy': {
      needMarathons();
      const refreshed = await refreshSystemHaproxy({
        root,
        haproxyPath: findProgram('haproxy', process.env['PATH'] ?? ''),
        readTasks: () => readTasks(words),
        tell,
      });
      return refreshed ? 0 : 1;
    }
    case 'install_haproxy_system':
    case 'install_cronjob':
      return install(words, tell);
  }
}

/** Throws StartupError when no Marathon answers. */
async function readTasks({ marathons, caFile }: BridgeWords): Promise<readonly TasksTextLine[]> {
  const { schedulers, credentials } = readMarathons(marathons);
  try {
    return await readTasksText(schedulers, { credentials, readTrust: await trustReader(caFile) });
  } catch (error) {
    throw error instanceof UsageError ? error : new StartupError(`no Marathon answers: ${messageOf(error)}`);
  }
}

async function install(words: BridgeWords, tell: Voice['tell']): Promise<number> {
  const { root, marathons, caFile } = words;
  if (root === '/' && process.geteuid?.() !== 0) return throughSudo(tell);
  if (root === '/' && words.run === 'install_haproxy_system') {
    const failure = await installPackage(findProgram('haproxy', process.env['PATH'] ?? ''), tell);
    if (failure !== undefined) throw new StartupError(failure);
  }
  const options = caFile === undefined ? [] : [`--cacert=${resolve(caFile)}`];
  const command = [process.execPath, join(packageRoot(), 'bin', 'ekiden'), 'haproxy-marathon-bridge'];
  await installCronjob({ root, marathons: marathons.length === 0 ? [] : [...options, ...marathons], command, tell });
  return 0;
}

/** Runs this very command as root; sudo asks for what it needs. */
function throughSudo(tell: Voice['tell']): Promise<number> {
  tell('only root may do that: trying sudo');
  return new Promise((resolveStatus, reject) => {
    const child = spawn('sudo', [process.execPath, ...process.argv.slice(1)], { stdio: 'inherit' });
    child.on('error', () => reject(new StartupError('there is no sudo: run it as root')));
    child.on('close', (status) => resolveStatus(status ?? 1));
  });
}
