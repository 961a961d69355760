import t from 'tap';
import { join } from 'node:path';
import { UsageError } from '../../src/common/errors.js';
import { resolveSettings } from '../../src/cli/settings.js';
import type { Environment } from '../../src/cli/settings.js';
import { planRoles } from '../../src/cli/supervisor/plan.js';

function resolve(command: 'scheduler' | 'up', argv: string[], environment: Environment = {}) {
  const invocation = resolveSettings(command, argv, environment, () => undefined);
  if (invocation === undefined) throw new Error('help was shown');
  return invocation;
}

function refusal(argv: string[]): string {
  try {
    resolve('scheduler', argv);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'accepted';
}

const conf = {
  master: 'zk://m1:2181,m2:2181/mesos\n',
  zk: 'zk://me:hunter2@m1:2181/marathon\n',
  hostname: 'm1.example\r\n',
  http_port: '8081',
  disable_ha: '',
  '?disable_http_compression': 'whatever',
  'http_port.dpkg-old': '1',
  '.hidden': 'x',
  'zk~': 'x',
};

t.test('one file for each option, below everything else', async (t) => {
  const directory = t.testdir(conf);
  const { settings, given } = resolve('scheduler', [`--conf_dir=${directory}`]);
  t.match(settings, {
    master: ['zk://m1:2181,m2:2181/mesos'],
    zk: 'zk://me:hunter2@m1:2181/marathon',
    hostname: 'm1.example',
    http_port: 8081,
    ha: false,
    http_compression: false,
  });
  t.ok(given.has('zk'));
  const environment = { EKIDEN_CONF_DIR: directory, MARATHON_HTTP_PORT: '8082', MARATHON_HOSTNAME: 'm2' };
  t.match(resolve('scheduler', ['--hostname=m3'], environment).settings, { hostname: 'm3', http_port: 8082 });
  t.equal(resolve('scheduler', ['--ha', `--conf_dir=${directory}`]).settings.ha, true);
});

t.test('the roles of up are told what the files say, and secrets not as arguments', async (t) => {
  const { roles } = planRoles(resolve('up', [`--conf_dir=${t.testdir(conf)}`]), '/w', '/main.js');
  const scheduler = roles.find(({ name }) => name === 'scheduler');
  t.notMatch(scheduler?.args.join(' '), /hunter2|conf_dir/);
  t.equal(scheduler?.environment?.['EKIDEN_ZK'], conf.zk.trim());
  t.ok(scheduler?.args.includes('--http_port=8081'));
});

t.test('what is wrong with a file is said with its name', async (t) => {
  const of = (files: Parameters<typeof t.testdir>[0]): string => refusal([`--conf_dir=${t.testdir(files)}`]);
  t.match(
    of({ master: 'm:1', htpt_port: '1' }),
    /\/htpt_port: --htpt_port is not an option .* did you mean --http_port\?$/,
  );
  t.match(of({ master: 'm:1', lb_template: 'x' }), /\/lb_template: --lb_template is not an option of ekiden scheduler/);
  t.match(of({ master: 'm:1', haproxy_path: 'x' }), /--haproxy_path is an option of ekiden up and ekiden lb, not of/);
  t.match(of({ master: 'm:1', http_port: 'many' }), /\/http_port \(--http_port\): 'many' is not a port/);
  t.match(of({ master: 'm:1\nm:2' }), /\/master \(--master\): 'm:1 m:2' holds a line break$/);
  t.match(of({ master: 'm:1', conf_dir: '/etc' }), /\/conf_dir: the directory cannot name another one$/);
  t.match(of({ master: {} }), /\/master cannot be read: EISDIR/);
  t.match(of({ master: 'x'.repeat(65_537) }), /\/master has 65537 bytes, an option has 65536 at most$/);
  t.match(of({ zk: 'zk://me:hunter2@h1' }), /\/zk \(--zk\): 'zk:\/\/xxxxxxxx:xxxxxxxx@h1' names no path/);
  t.match(refusal([`--conf_dir=${join(t.testdir({}), 'none')}`]), /^--conf_dir: .*\/none does not exist$/);
  t.match(refusal([`--conf_dir=${join(t.testdir({ file: '' }), 'file')}`]), /^--conf_dir: .*\/file is no directory$/);
  t.equal(of({ master: 'm:1', lb_port: '1', http_port: '2' }), 'accepted', 'what all roles take');
});
