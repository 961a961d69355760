// The functions that change a system, below a directory that stands for its root, with a script in the place of /etc/init.d/haproxy.
import t from 'tap';
import type { Test } from 'tap';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TasksTextLine } from '../../../src/catalog/providers/marathon/tasks-text.js';
import { bridgeConfiguration, bridgeHeader } from '../../../src/lb/bridge/configuration.js';
import {
  bridgeFiles,
  cronLine,
  installCronjob,
  keptConfig,
  packageCommands,
  scriptText,
  systemFamily,
} from '../../../src/lb/bridge/install.js';
import { refreshSystemHaproxy, systemConfig } from '../../../src/lb/bridge/refresh.js';

const web: TasksTextLine = { app: 'web', servicePort: 10001, addresses: ['10.0.0.1:31001'] };

/** A root whose HAProxy notes each reload, and fails while there is a file `broken`. */
function systemRoot(t: Test): { root: string; reloads: () => number; fails: (yes: boolean) => void } {
  const root = t.testdir({ etc: { haproxy: {}, 'init.d': {} }, bin: {} });
  const script = join(root, 'etc/init.d/haproxy');
  writeFileSync(
    script,
    `#!/bin/sh\n[ -e '${root}/broken' ] && { echo it is broken >&2; exit 3; }\necho "$1" >> '${root}/reloads'\n`,
  );
  chmodSync(script, 0o755);
  return {
    root,
    reloads: () =>
      existsSync(join(root, 'reloads')) ? readFileSync(join(root, 'reloads'), 'utf8').split('\n').length - 1 : 0,
    fails: (yes) =>
      yes
        ? writeFileSync(join(root, 'broken'), '')
        : writeFileSync(script, readFileSync(script, 'utf8').replace('exit 3', 'true')),
  };
}

t.test('refresh: reloaded when something is different, and only then', async (t) => {
  const { root, reloads } = systemRoot(t);
  const path = join(root, systemConfig);
  let lines: readonly TasksTextLine[] = [web];
  const told: string[] = [];
  const refresh = (): Promise<boolean> =>
    refreshSystemHaproxy({
      root,
      haproxyPath: undefined,
      readTasks: async () => lines,
      tell: (line) => told.push(line),
    });
  t.ok(await refresh(), told.join('\n'));
  t.equal(readFileSync(path, 'utf8'), bridgeConfiguration([web]).text);
  t.equal(reloads(), 1);
  t.ok(await refresh());
  t.equal(reloads(), 1, 'nothing is different');
  chmodSync(path, 0o640);
  lines = [{ ...web, addresses: ['10.0.0.2:31002', '10.0.0.1:31001'] }];
  t.ok(await refresh());
  t.equal(reloads(), 2);
  t.equal(statSync(path).mode & 0o777, 0o640, 'the mode stays');
  lines = [{ ...web, addresses: ['10.0.0.1:31001', '10.0.0.2:31002'] }];
  t.ok(await refresh());
  t.equal(reloads(), 2, 'another order is no difference');
  t.same(readdirSync(join(root, 'etc/haproxy')), ['haproxy.cfg'], 'nothing is left behind');
});

t.test('refresh: what cannot be done leaves everything as it was, and is tried again', async (t) => {
  const { root, reloads, fails } = systemRoot(t);
  const path = join(root, systemConfig);
  writeFileSync(path, bridgeHeader);
  const told: string[] = [];
  const refresh = (readTasks: () => Promise<readonly TasksTextLine[]>, haproxyPath?: string): Promise<boolean> =>
    refreshSystemHaproxy({ root, haproxyPath, readTasks, tell: (line) => told.push(line) });

  t.notOk(await refresh(() => Promise.reject(new Error('nobody there'))));
  t.match(told.at(-1), 'nobody there');
  const refuses = join(root, 'bin/haproxy');
  writeFileSync(refuses, '#!/bin/sh\necho "[ALERT] (1) : config : no good" >&2\nexit 1\n');
  chmodSync(refuses, 0o755);
  t.notOk(await refresh(async () => [web], refuses));
  t.match(told.at(-1), 'no good');
  fails(true);
  t.notOk(await refresh(async () => [web]));
  t.match(told.at(-1), 'it is broken');
  t.equal(readFileSync(path, 'utf8'), bridgeHeader);
  t.equal(reloads(), 0);
  t.same(readdirSync(join(root, 'etc/haproxy')), ['haproxy.cfg']);
  fails(false);
  t.ok(await refresh(async () => [web]));
  t.equal(readFileSync(path, 'utf8'), bridgeConfiguration([web]).text);
});

t.test('refresh: that everything is gone at once has to be said twice', async (t) => {
  const { root } = systemRoot(t);
  const path = join(root, systemConfig);
  const { text } = bridgeConfiguration([web]);
  writeFileSync(path, text);
  const answers: (readonly TasksTextLine[])[] = [[], [web], [], []];
  const refresh = (): Promise<boolean> =>
    refreshSystemHaproxy({
      root,
      haproxyPath: undefined,
      readTasks: async () => answers.shift() ?? [],
      tell: () => undefined,
    });
  t.ok(await refresh());
  t.equal(readFileSync(path, 'utf8'), text, 'an empty answer was a slip');
  t.ok(await refresh());
  t.equal(readFileSync(path, 'utf8'), bridgeHeader, 'and here it was true');
});

t.test('install: list, script, cron line and the bare configuration; what was there is kept', async (t) => {
  const root = t.testdir({ etc: { haproxy: { 'haproxy.cfg': 'global\n  daemon\n' } } });
  const told: string[] = [];
  const install = (marathons: readonly string[]): Promise<void> =>
    installCronjob({ root, marathons, command: ['/opt/a b/node', "it's"], tell: (line) => told.push(line) });
  const content = (path: string): string => readFileSync(join(root, path), 'utf8');
  await install(['leader.mesos:8080', 'http://m2:8080']);
  t.equal(content(bridgeFiles.marathons), 'leader.mesos:8080\nhttp://m2:8080\n');
  t.equal(content(bridgeFiles.cron), cronLine);
  t.match(content(bridgeFiles.script), /^#!\/bin\/sh\n/);
  t.match(content(bridgeFiles.script), `exec '/opt/a b/node' 'it'"'"'s' "$@"`);
  t.equal(statSync(join(root, bridgeFiles.script)).mode & 0o777, 0o755);
  t.equal(content(systemConfig), bridgeHeader);
  t.equal(content(keptConfig), 'global\n  daemon\n');

  writeFileSync(join(root, systemConfig), bridgeConfiguration([web]).text);
  await install([]);
  t.equal(content(bridgeFiles.marathons), 'leader.mesos:8080\nhttp://m2:8080\n', 'none given: those of before stay');
  t.equal(content(systemConfig), bridgeConfiguration([web]).text, 'what the bridge has made serves on');
  t.equal(content(keptConfig), 'global\n  daemon\n');
  await install(['http://user:secret@m1:8080']);
  t.equal(statSync(join(root, bridgeFiles.marathons)).mode & 0o777, 0o600, 'a password is for root alone');
  t.match(told, /^wrote /);
});

t.test('systems and how they install a package', async (t) => {
  t.equal(systemFamily('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n'), 'debian');
  t.equal(systemFamily('ID="linuxmint"\nID_LIKE="ubuntu debian"\n'), 'debian');
  t.equal(systemFamily('ID="amzn"\nID_LIKE="centos rhel fedora"\n'), 'redhat');
  t.equal(systemFamily("ID='opensuse-leap'\nID_LIKE='suse opensuse'\n"), 'suse');
  t.equal(systemFamily('ID=alpine\n'), undefined);
  t.equal(systemFamily(''), undefined);
  t.same(
    packageCommands('redhat', (path) => path === '/usr/bin/dnf').map((words) => words[0]),
    ['dnf', 'chkconfig'],
  );
  t.same(
    packageCommands('debian', (path) => path === '/run/systemd/system').map((words) => words[0]),
    ['apt-get', 'systemctl'],
  );
  t.match(scriptText(['a']), `exec 'a' "$@"`);
});
