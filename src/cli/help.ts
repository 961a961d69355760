import { formatValue } from './flag-values.js';
import { accepts, defaultOf, environmentNames, flagGroups, flagNames, flagOf } from './flags.js';
import type { CommandName, Flag, FlagKind, FlagName } from './flags.js';

/** What stands for the value of an option. */
const placeholders: Readonly<Record<FlagKind, string>> = {
  string: 'TEXT',
  choice: 'WORD',
  host: 'HOST',
  ip: 'ADDRESS',
  boolean: '[true|false]',
  integer: 'N',
  port: 'PORT',
  milliseconds: 'MS',
  seconds: 'SECONDS',
  addresses: 'ADDRESS[:PORT],…',
  masters: 'HOST:PORT',
  urls: 'URL,…',
};

const termWidth = 30;
const lineWidth = 118;

/** What the help says of one option: what it does, what it accepts, its default and its environment variables. */
export function optionHelp(name: FlagName, command: CommandName): string {
  const flag: Flag = flagOf(name);
  const value = defaultOf(name, command);
  const shown = value === undefined ? '' : formatValue(value);
  const fallback = shown === '' ? flag.defaultText : shown;
  const prefixes = environmentNames(name, command).map((variable) => variable.slice(0, -name.length));
  const notes = [
    ...(flag.choices === undefined ? [] : [`one of ${flag.choices.join(', ')}`]),
    ...(flag.requiredFor?.includes(command) === true ? ['required'] : []),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
    `${prefixes.join(' or ')}${name.toUpperCase()}`,
  ];
  return `${flag.text} (${notes.join('; ')})`;
}

/** The whole help of one command. */
export function commandHelp(command: CommandName): string {
  const { before, after } = commandNotes[command];
  const groups = flagGroups.flatMap((group) => {
    const rows = flagNames
      .filter((name) => flagOf(name).group === group && flagOf(name).commands.includes(command))
      .map((name) => optionRow(`--${name} ${placeholders[flagOf(name).kind]}`, optionHelp(name, command)));
    return rows.length === 0 ? [] : [`${group}:\n${rows.join('\n')}`];
  });
  const ignored = flagNames.filter((name) => accepts(command, name) && !flagOf(name).commands.includes(command));
  const note =
    ignored.length === 0
      ? []
      : [
          wrap(
            `Accepted and ignored, so that one command line serves all roles: ${ignored.join(', ')}.`,
            '',
            lineWidth,
          ),
        ];
  return `${[`ekiden ${command} - ${commandSummaries[command]}`, before, `Usage: ekiden ${command} [options]`, ...groups, ...note, after].join('\n\n')}\n`;
}

function optionRow(term: string, text: string): string {
  const indent = ' '.repeat(termWidth + 4);
  const wrapped = wrap(text, indent, lineWidth);
  // A long name takes a line of its own instead of making all columns wide.
  return term.length > termWidth ? `  ${term}\n${wrapped}` : `  ${term.padEnd(termWidth + 2)}${wrapped.trimStart()}`;
}

/** Breaks `text` at blanks so that no line, `indent` included, is longer than `width` where that is possible. */
function wrap(text: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, indent + line].join('\n');
}

/** One line on each command, in the order in which a newcomer needs them. */
export const commandSummaries: Readonly<Record<CommandName, string>> = {
  up: 'everything on this machine: the roles below, each a process, supervised',
  cluster: 'an embedded one-node Mesos: master and agent',
  scheduler: "the scheduler: Marathon's REST API and event stream",
  dns: "the name server: every task of the cluster under Mesos-DNS' names",
  lb: 'the load balancer: keeps HAProxy in step with apps and rules',
};

export const topHelp = `ekiden - a Marathon-compatible scheduler for Apache Mesos, with a Mesos-DNS-compatible name server
         and a Bamboo-like HAProxy watcher, in one program

Usage: ekiden <command> [options]

Commands:
${Object.entries(commandSummaries)
  .map(([name, summary]) => `  ${name.padEnd(11)}${summary}`)
  .join('\n')}
  version    the version (also --version)
  help       this, or the help of one command: ekiden help dns = ekiden dns --help

Start here:
  ekiden up                      needs nothing else: POST an app to http://127.0.0.1:8080/v2/apps, ask 127.0.0.1:8053 for
                                 its name, reach it through HAProxy; a banner shows how. Ctrl-C stops everything.
  ekiden up --master HOST:5050   the same on a real Mesos cluster

One role each, for a fleet:
  ekiden scheduler --master HOST:5050
  ekiden dns --master HOST:5050
  ekiden lb --marathon http://HOST:8080

Every option is written --name value or --name=value, or set in the environment: --http_port 9000 is EKIDEN_HTTP_PORT=9000,
and MARATHON_HTTP_PORT=9000 for the scheduler's; the command line wins. With npm, options follow two dashes:
  npm start -- --http_port 9000

Exit status: 0 stopped as asked; 1 could not start or go on (port in use, work_dir in use …); 2 wrong usage.
`;

/** What stands above and below the options in the help of each command. */
const commandNotes: Readonly<Record<CommandName, { readonly before: string; readonly after: string }>> = {
  up: {
    before: `Starts cluster, scheduler, dns and lb as processes of their own and restarts one that dies. Ctrl-C stops all of it, the
tasks included; definitions are kept in --work_dir and come back at the next start. After a crash or kill -9 tasks and
HAProxy run on, and the next start takes them over.`,
    after: `Examples:
  ekiden up
  ekiden up --http_port 9000 --work_dir /var/lib/ekiden
  ekiden up --master 10.0.0.5:5050`,
  },
  cluster: {
    before: `Serves the Mesos v1 scheduler and operator APIs for this one machine and runs tasks as processes on it. Whoever reaches
its ports can run commands here: keep it on loopback, or among machines that trust each other.`,
    after: `Example:
  ekiden cluster --resources 'cpus:2;mem:4096;ports:[31000-32000]' --attributes 'rack:r1'`,
  },
  scheduler: {
    before: `Registers with a Mesos master and keeps apps running that are posted to its API, which is Marathon's.`,
    after: `Example:
  ekiden scheduler --master 10.0.0.5:5050 --work_dir /var/lib/ekiden`,
  },
  dns: {
    before: `Follows a Mesos master and answers for its tasks: A, AAAA and SRV under the names of Mesos-DNS.`,
    after: `Example:
  ekiden dns --master 10.0.0.5:5050,10.0.0.6:5050 --dns_resolvers 10.0.0.2
  dig @127.0.0.1 hello.marathon.mesos`,
  },
  lb: {
    before: `Follows one or more schedulers, writes the configuration of HAProxy, starts it and keeps it in step. Apps are reached on
their service ports and by the rules that are posted to the rules API.`,
    after: `Example:
  ekiden lb --marathon http://10.0.0.5:8080 --work_dir /var/lib/ekiden`,
  },
};
