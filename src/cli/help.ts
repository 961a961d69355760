import { formatValue } from './flag-values.js';
import {
  accepts,
  commonFlagGroups,
  defaultOf,
  flagGroups,
  flagNames,
  flagOf,
  isStoreCommand,
  missingFlags,
  readsMarathon,
} from './flags.js';
import type { CommandName, Flag, FlagGroup, FlagKind, FlagName } from './flags.js';

/** What stands for the value of an option. */
const placeholders: Readonly<Record<FlagKind, string>> = {
  string: 'TEXT',
  choice: 'WORD',
  host: 'HOST',
  ip: 'ADDRESS',
  boolean: '[true|false]',
  integer: 'N',
  bytes: 'BYTES',
  port: 'PORT',
  milliseconds: 'MS',
  seconds: 'SECONDS',
  addresses: 'ADDRESS[:PORT],…',
  masters: 'HOST:PORT,… | zk://…',
  zookeeper: 'zk://HOST:PORT,…/PATH',
  urls: 'URL,…',
  endpoints: 'URL,…',
  origins: 'ORIGIN,…',
  list: 'WORD,…',
  url: 'URL',
  path: 'PATH',
  prefix: '/PATH',
  credentials: 'USER:PASSWORD',
};

/** How a default of a boolean reads. */
const onOff: Readonly<Record<string, string>> = { true: 'on', false: 'off' };

const termWidth = 30;
const lineWidth = 118;

/** How an option is written, with what stands for its value: `--http_port PORT`, `--[disable_]checkpoint`. */
function termOf(name: FlagName): string {
  const { kind, toggle } = flagOf(name);
  if (kind === 'boolean') return `--${toggle === true ? '[disable_]' : ''}${name}`;
  return `--${name} ${placeholders[kind]}`;
}

/** What the help says of one option: what it does, what it accepts and its default. */
export function optionHelp(name: FlagName, command: CommandName): string {
  const flag: Flag = flagOf(name);
  const value = defaultOf(name, command);
  const shown = value === undefined ? '' : formatValue(value);
  const fallback = shown === '' ? flag.defaultText : shown;
  const notes = [
    ...(flag.choices === undefined ? [] : [`${flag.kind === 'list' ? 'of' : 'one of'} ${flag.choices.join(', ')}`]),
    ...(flag.requiredFor?.includes(command) === true ? ['required'] : []),
    ...(fallback === undefined || (fallback === 'false' && flag.only === undefined)
      ? []
      : [`default ${onOff[fallback] ?? fallback}`]),
    ...(flag.only === undefined ? [] : [`nothing else: ${flag.only}`]),
    ...(flag.aliases === undefined ? [] : [`also ${flag.aliases.join(', ')}`]),
  ];
  return notes.length === 0 ? flag.text : `${flag.text} (${notes.join('; ')})`;
}

/** Groups whose options are only named, because nobody needs more of them than that they are accepted. */
const namedGroups: readonly FlagGroup[] = ['Accepted, without effect'];

/** The whole help of one command. */
export function commandHelp(command: CommandName): string {
  const { before, after } = commandNotes[command];
  const sections: readonly FlagGroup[] = command === 'up' ? commonFlagGroups : flagGroups;
  return `${[
    `ekiden ${command} - ${commandSummaries[command]}`,
    before,
    `Usage: ekiden ${command} [options]`,
    ...sections.flatMap((group) => groupHelp(group, command)),
    ...notesOf(command).map((note) => wrap(note, '', lineWidth)),
    after,
  ].join('\n\n')}\n`;
}

function groupHelp(group: FlagGroup, command: CommandName): string[] {
  const names = flagNames.filter((name) => flagOf(name).group === group && flagOf(name).commands.includes(command));
  if (names.length === 0) return [];
  if (namedGroups.includes(group)) return [`${group}:\n${wrap(names.map(termName).join(', '), '  ', lineWidth)}`];
  return [`${group}:\n${names.map((name) => optionRow(termOf(name), optionHelp(name, command))).join('\n')}`];
}

function termName(name: FlagName): string {
  return `${flagOf(name).toggle === true ? '[disable_]' : ''}${name}`;
}

function notesOf(command: CommandName): string[] {
  const ignored = flagNames.filter((name) => accepts(command, name) && !flagOf(name).commands.includes(command));
  const environment = isStoreCommand(command)
    ? 'Every option may be set in the environment instead: --zk … is EKIDEN_ZK=… or, as for the scheduler, MARATHON_ZK=…. The command line wins.'
    : readsMarathon(command)
      ? "Every option may be set in the environment instead: --http_port 9000 is EKIDEN_HTTP_PORT=9000 and, as it is one of Marathon's, MARATHON_HTTP_PORT=9000. The command line wins, then EKIDEN_…. An empty variable switches a boolean on."
      : 'Every option may be set in the environment instead: --dns_port 5353 is EKIDEN_DNS_PORT=5353. The command line wins.';
  return [
    ...(command === 'up'
      ? [
          "All options of the scheduler are accepted, too: TLS and access, the API's limits, events, artifacts, plugins, metrics, times: ekiden scheduler --help.",
        ]
      : []),
    ...(command === 'scheduler'
      ? [`Of Marathon's options these are refused, with a reason: ${Object.keys(missingFlags).join(', ')}.`]
      : []),
    environment,
    ...(ignored.length === 0
      ? []
      : [`Accepted and ignored, so that one command line serves all roles: ${ignored.join(', ')}.`]),
  ];
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
  backup: "the scheduler's whole state as one JSON file",
  restore: 'the other way round: replaces the whole state by a backup',
  'forget-framework': 'the way on after "Framework has been removed"',
};

export const topHelp = `ekiden - a Marathon-compatible scheduler for Apache Mesos, with a Mesos-DNS-compatible name server
         and a Bamboo-like HAProxy watcher, in one program

Usage: ekiden <command> [options]

Commands:
${Object.entries(commandSummaries)
  .map(([name, summary]) => `  ${name.padEnd(18)}${summary}`)
  .join('\n')}
  hash-password     what an --acl_file keeps of a password
  version           the version (also --version)
  help              this, or the help of one command: ekiden help dns = ekiden dns --help

Start here:
  ekiden up                      needs nothing else: POST an app to http://127.0.0.1:8080/v2/apps, ask 127.0.0.1:8053 for
                                 its name, reach it through HAProxy; a banner shows how. Ctrl-C stops everything.
  ekiden up --master HOST:5050   the same on a real Mesos cluster; zk://HOST:2181,…/mesos finds its masters in ZooKeeper

One role each, for a fleet:
  ekiden scheduler --master HOST:5050
  ekiden dns --master HOST:5050
  ekiden lb --marathon http://HOST:8080

Every option is written --name value or --name=value, or set in the environment: --http_port 9000 is EKIDEN_HTTP_PORT=9000,
and MARATHON_HTTP_PORT=9000 for the scheduler's; the command line wins. With npm, options follow two dashes:
  npm start -- --http_port 9000

Exit status: 0 stopped as asked; 1 could not start or go on (port in use, work_dir in use …); 2 wrong usage; 70 an error in
Ekiden; of a scheduler with --zk also 103 another one leads now, 105 ZooKeeper was lost: start it again.
`;

/** What stands above and below the options in the help of each command. */
const commandNotes: Readonly<Record<CommandName, { readonly before: string; readonly after: string }>> = {
  up: {
    before: `Starts cluster, scheduler, dns and lb as processes of their own and restarts one that dies. Ctrl-C stops all of it, the
tasks included; definitions are kept in --work_dir and come back at the next start. After a crash or kill -9 tasks and
HAProxy run on, and the next start takes them over. With --master there is no cluster of its own: tasks run in that one,
and run on there when this ends.`,
    after: `Examples:
  ekiden up
  ekiden up --http_port 9000 --work_dir /var/lib/ekiden
  EKIDEN_HTTP_CREDENTIALS=me:secret ekiden up --host 0.0.0.0
  ekiden up --master 10.0.0.5:5050
  ekiden up --host 0.0.0.0 --master zk://m1:2181,m2:2181,m3:2181/mesos --zk zk://m1:2181,m2:2181,m3:2181/marathon`,
  },
  cluster: {
    before: `Serves the Mesos v1 scheduler and operator APIs for this one machine and runs tasks as processes on it. Whoever reaches
its ports can run commands here: keep it on loopback, or among machines that trust each other.`,
    after: `Example:
  ekiden cluster --resources 'cpus:2;mem:4096;ports:[31000-32000]' --attributes 'rack:r1'`,
  },
  scheduler: {
    before: `Registers with a Mesos master and keeps apps running that are posted to its API, which is Marathon's. With --zk the state is in
ZooKeeper, and several schedulers may run: one leads, the others pass on what they are asked. bin/start is the same.`,
    after: `Examples:
  ekiden scheduler --master 10.0.0.5:5050 --work_dir /var/lib/ekiden
  ekiden scheduler --master zk://m1:2181,m2:2181,m3:2181/mesos --zk zk://m1:2181,m2:2181,m3:2181/marathon
  MARATHON_ZK=zk://me:secret@m1:2181,m2:2181/marathon ekiden scheduler --master zk://m1:2181,m2:2181/mesos
  MARATHON_MASTER=10.0.0.5:5050 MARATHON_HTTP_CREDENTIALS='cptPicard:topSecretPa$$word' ekiden scheduler
  MARATHON_SSL_KEYSTORE_PASSWORD=… ekiden scheduler --master 10.0.0.5:5050 --ssl_keystore_path marathon.jks --disable_http
  ekiden scheduler --master 10.0.0.5:5050 --event_subscriber http_callback --http_endpoints http://host1/foo,http://host2/bar
  ekiden scheduler --master 10.0.0.5:5050 --metrics_statsd --metrics_statsd_host stats.example`,
  },
  dns: {
    before: `Follows a Mesos master and answers for its tasks: A, AAAA and SRV under the names of Mesos-DNS. With -config=config.json, a
configuration file of Mesos-DNS, it answers exactly as Mesos-DNS does; bin/mesos-dns is the same.`,
    after: `Example:
  ekiden dns --master 10.0.0.5:5050,10.0.0.6:5050 --dns_resolvers 10.0.0.2
  ekiden dns --master zk://m1:2181,m2:2181,m3:2181/mesos
  dig @127.0.0.1 hello.marathon.mesos`,
  },
  lb: {
    before: `Follows one or more schedulers, writes the configuration of HAProxy, starts it and keeps it in step. Apps are reached on
their service ports, by the hosts and paths of their labels, and by the rules that are posted to the rules API.
bin/bamboo, bin/marathon-lb, bin/servicerouter.py and bin/haproxy-marathon-bridge take the words, files and labels of these
programs (each tells them with --help); -config=production.json, a configuration file of Bamboo, is understood here, too.`,
    after: `Examples:
  ekiden lb --marathon http://10.0.0.5:8080 --work_dir /var/lib/ekiden
  ekiden lb --marathon http://m1:8080,http://m2:8080,http://m3:8080 --keep_haproxy
  EKIDEN_MARATHON_CREDENTIALS=me:secret ekiden lb --marathon https://10.0.0.5:8443 --marathon_ca marathon.pem
  ekiden lb -config=/etc/bamboo/production.json`,
  },
  backup: {
    before: `Reads the state of a scheduler: apps, pods, groups and their versions, instances, deployments, the framework id. With --zk
schedulers may run meanwhile, and what is read is one moment; the store in --work_dir is read while the scheduler is
stopped (one that runs writes a backup itself: DELETE /v2/leader?backup=file:///…, see --backup_location).
The file is replaced whole or not at all. It holds what apps have in their environment, secrets, too: only its owner may
read it.`,
    after: `Examples:
  ekiden backup --zk zk://10.0.0.1,10.0.0.2,10.0.0.3/marathon --file /var/backups/ekiden/state.json.gz
  ekiden backup --work_dir /var/lib/ekiden --file - | ssh vault 'cat > state.json'`,
  },
  restore: {
    before: `Looks at the whole backup first, then replaces everything that is stored, all at once. No scheduler may run: stop all of
them, and start them afterwards. With the framework id tasks that still run are taken over; those that were launched after
the backup are killed, because nothing is known of them. On another cluster leave it out.`,
    after: `Examples:
  ekiden restore --zk zk://10.0.0.1,10.0.0.2,10.0.0.3/marathon --file /var/backups/ekiden/state.json.gz
  ekiden restore --work_dir /var/lib/ekiden --file state.json --without_framework_id`,
  },
  'forget-framework': {
    before: `When Mesos says "Framework has been removed" (the scheduler was away for longer than --failover_timeout, or somebody tore
the framework down), it has killed all its tasks and never takes it back. This removes the framework id from the state; apps,
pods and groups stay. The scheduler then registers as a new framework and launches everything anew. Use it for nothing
else: tasks of a framework that is still there would run on beside the new ones.`,
    after: `Examples:
  ekiden forget-framework --zk zk://10.0.0.1,10.0.0.2,10.0.0.3/marathon
  ekiden forget-framework --work_dir /var/lib/ekiden`,
  },
};
