// The load balancers that the manuals show, with their commands, in front of apps of this scheduler.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { runCommand } from '../../../src/common/run-command.js';
import { killProcess } from '../../support/kill.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import type { Bundle } from '../support/bundle.js';
import { echoCommand, readEcho } from '../support/echo-app.js';
import { ask } from '../support/http.js';
import { running } from '../support/running.js';

t.setTimeout(300_000);

/** Runs a command as a user does in a shell; throws unless it succeeds. */
async function command(file: string, ...args: readonly string[]): Promise<string> {
  // through env(1), as tap adds its loaders to the NODE_OPTIONS of whatever a test starts: users do not have those
  const words = ['-u', 'NODE_OPTIONS', file, ...args];
  const { exitCode, stdout, stderr } = await runCommand('/usr/bin/env', words, { timeoutMs: 60_000 });
  if (exitCode !== 0) throw new Error(`${file} ${args.join(' ')}: ${exitCode}\n${stdout}\n${stderr}`);
  return stdout;
}

/** `haproxy -f … -p … -sf $(cat …)`, as the manual says. */
async function haproxy(directory: string): Promise<number> {
  const pidFile = join(directory, 'haproxy.pid');
  const before = existsSync(pidFile) ? ['-sf', readFileSync(pidFile, 'utf8').trim()] : [];
  await command('haproxy', '-D', '-f', join(directory, 'haproxy.cfg'), '-p', pidFile, ...before);
  return Number(readFileSync(pidFile, 'utf8').trim());
}

/** Two services of two instances each, and nobody in front of them. */
async function services(t: Test): Promise<{ readonly bundle: Bundle; readonly ports: readonly number[] }> {
  const bundle = await startBundle(t, ['--haproxy_path=/nowhere/haproxy']);
  const ports = [bundle.ports.serviceMin, bundle.ports.serviceMin + 1];
  for (const [n, port] of ports.entries()) {
    const id = `svc${n + 1}`;
    const env = { HAPROXY_0_VHOST: `${id}.local`, HAPROXY_0_STICKY: 'true', HAPROXY_0_MODE: 'http' };
    await bundle.postApp({ id, cmd: echoCommand, instances: 2, ports: [port], cpus: 0.1, mem: 32, env });
    await running(bundle, id, 2);
  }
  await bundle.waitForDeployments();
  return { bundle, ports };
}

const instanceAt = async (port: number, host?: string): Promise<string> =>
  readEcho((await ask(port, '/', host === undefined ? {} : { host })).text).taskId;

t.test('haproxy-marathon-bridge', async (t) => {
  const { bundle, ports } = await services(t);
  const marathon = `127.0.0.1:${bundle.ports.http}`;
  const directory = t.testdir();
  const bridge = resolve('bin/haproxy-marathon-bridge');
  const configure = async (): Promise<string> => {
    const text = await command(bridge, marathon);
    // The statistics page of the original, which two tests cannot have at a time
    writeFileSync(join(directory, 'haproxy.cfg'), text.replace('127.0.0.1:9090', `127.0.0.1:${await freePort()}`));
    return text;
  };
  await configure();
  let pid = await haproxy(directory);
  t.teardown(() => killProcess(pid));
  for (const [n, port] of ports.entries()) {
    const seen = new Set<string>();
    await waitFor('both instances', async () => seen.add(await instanceAt(port)).size === 2);
    t.ok(
      [...seen].every((id) => id.startsWith(`svc${n + 1}.`)),
      `svc${n + 1} on ${port}`,
    );
  }
  const [victim] = await bundle.tasks('svc1');
  await bundle.api('DELETE', `/v2/apps/svc1/tasks/${victim?.id ?? ''}`);
  await waitFor('another one', async () => (await running(bundle, 'svc1', 2)).every(({ id }) => id !== victim?.id));
  await configure();
  pid = await haproxy(directory);
  const seen = new Set<string>();
  await waitFor('both instances', async () => seen.add(await instanceAt(ports[0] ?? 0)).size === 2);
  t.notOk(seen.has(victim?.id ?? ''), 'what has died is left out');

  const root = join(directory, 'root');
  mkdirSync(root);
  await command(bridge, 'install_haproxy_system', '--root', root, marathon);
  t.match(readFileSync(join(root, 'etc/haproxy-marathon-bridge/marathons'), 'utf8'), marathon);
  t.match(readFileSync(join(root, 'etc/cron.d/haproxy-marathon-bridge'), 'utf8'), /^\* \* \* \* \* root /m);
  t.ok(statSync(join(root, 'usr/local/bin/haproxy-marathon-bridge')).mode & 0o111, 'it can be run');
});

t.test('servicerouter.py', async (t) => {
  const { bundle, ports } = await services(t);
  const marathon = `http://127.0.0.1:${bundle.ports.http}`;
  const file = join(t.testdir(), 'haproxy.cfg');
  // The reload is left out: it would be that of the machine's own HAProxy
  const words = ['--marathon', marathon, '--haproxy-config', file, '--group', '*', '--command', 'true'];
  const configure = (): Promise<string> => command(resolve('bin/servicerouter.py'), ...words);
  await configure();
  const text = readFileSync(file, 'utf8');
  for (const port of ports) t.match(text, `:${port}`);
  const map = /map_beg\(['"]*([^'")]+)/.exec(text)?.[1] ?? '';
  t.match(readFileSync(map, 'utf8'), /^svc1\.local\/ /m, 'its virtual hosts');
  t.match(text, 'mesosphere_server_id', 'sticky sessions');
  const { mtimeMs } = statSync(file);
  await configure();
  t.equal(statSync(file).mtimeMs, mtimeMs, 'nothing has changed: nothing is written');
});

t.test('a rule of Bamboo leads ghost.local to ghost; rules on any URL and header', async (t) => {
  const bundle = await startBundle(t);
  for (const id of ['ghost-0', 'blog']) {
    await bundle.postApp({ id, cmd: echoCommand, instances: 1, cpus: 0.1, mem: 32 });
    await running(bundle, id, 1);
  }
  const add = async (id: string, acl: string): Promise<void> => {
    const { status, text } = await bundle.rules('POST', '/api/services', { id, acl });
    if (status !== 200) throw new Error(`${acl}: ${status} ${text}`);
  };
  const answers = (id: string, path: string, host: string) =>
    waitFor(`${id} at ${host}${path}`, async () => {
      const { status, text } = await bundle.route(path, { host });
      return status === 200 && readEcho(text).taskId.startsWith(`${id}.`);
    });
  await add('/ghost-0', 'hdr(host) -i ghost.local');
  await answers('ghost-0', '/', 'ghost.local');
  await add('/blog', 'url_beg /blog');
  await answers('blog', '/blog/1', 'whatever.local');
  await add('/blog', 'hdr(X-Tenant) -i acme');
  await waitFor(
    'the rule by a header alone',
    async () => (await bundle.route('/blog', { host: 'x.local' })).status === 503,
  );
  const { text } = await bundle.rules('GET', '/api/explain?host=ghost.local&path=/&method=GET');
  t.match(text, 'ghost-0');
  const header = await bundle.rules('GET', '/api/explain?host=x.local&path=/&header=X-Tenant:acme');
  t.match(header.text, '/blog');
});
