import t from 'tap';
import { commandNames, flagNames, flagOf, flags } from '../../src/cli/flags.js';
import { commandHelp } from '../../src/cli/help.js';

t.test('every help is readable: examples, defaults, no endless lines', async (t) => {
  for (const command of commandNames) {
    const help = commandHelp(command);
    t.match(help, new RegExp(`^ekiden ${command} - `));
    t.match(help, /\nExamples?:\n {2}/);
    t.match(help, /\(default /);
    if (flags.master.commands.some((name) => name === command)) t.match(help, /--master zk:\/\/m1:2181,/);
    for (const line of help.split('\n')) t.ok(line.length <= 130, `${command}: ${line}`);
  }
});

t.test('common options come first, rare ones are only named', async (t) => {
  const help = commandHelp('scheduler');
  const at = (text: string): number => {
    t.match(help, text);
    return help.indexOf(text);
  };
  const order = [
    'General:',
    'Ports:',
    'Cluster:',
    'Scheduler:',
    'API:',
    'TLS and access:',
    'Metrics:',
    'Times and limits:',
  ];
  t.same(
    [...order].sort((a, b) => at(a) - at(b)),
    order,
  );
  t.match(help, /--http_port PORT {2,}port of Marathon's API \(default 8080\)/);
  t.match(help, /--\[disable_\]http_compression {2,}compress .*\(default on\)/);
  t.match(help, /--http_credentials USER:PASSWORD\n? *user:password that every request must bring/);
  t.match(help, 'MARATHON_HTTP_PORT=9000');
  t.match(help.replaceAll(/\s+/g, ' '), 'also max_tasks_per_offer');
  const named = help.slice(at('Accepted, without effect:'), at("Of Marathon's options these are refused"));
  for (const name of flagNames.filter((flag) => flagOf(flag).withoutEffect !== undefined)) t.match(named, name);
  t.match(help.replaceAll('\n', ' '), /these are refused, with a reason: zk_hosts, .*sentry_tags/);
});

t.test('up keeps the many options of the scheduler for its help', async (t) => {
  const help = commandHelp('up');
  t.match(help, 'ekiden scheduler --help');
  t.notMatch(help, '--metrics_statsd');
  t.ok(help.split('\n').length < 130);
  t.match(commandHelp('cluster').replaceAll('\n', ' '), /Accepted and ignored, .*marathon_credentials/);
  t.notMatch(help, '--dns_soa_mname');
  t.match(commandHelp('dns'), '--dns_soa_mname', 'nor those that few ever need of the name server');
});
