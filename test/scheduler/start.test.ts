import { createServer } from 'node:net';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../src/common/logger.js';
import type { RoleContext, RoleHandle } from '../../src/common/role.js';
import type { SchedulerOptions } from '../../src/scheduler/options.js';
import { startScheduler } from '../../src/scheduler/start.js';
import { options } from '../support/fake-service.js';
import { listenOnFreePort } from '../support/listen.js';
import { waitFor } from '../support/wait.js';

/** Starts the real scheduler in `workDir`, on a free port and without a master. */
function start(t: Test, workDir: string, changes: Partial<SchedulerOptions> = {}): Promise<RoleHandle> {
  const context: RoleContext = { logger: silentLogger, fatal: (error) => t.fail(error.message) };
  return startScheduler({ ...options, master: '127.0.0.1:1', httpPort: 0, workDir, ...changes }, context);
}

/** Watched files and sockets, which would keep the process from its end. */
const openThings = (): readonly string[] =>
  process
    .getActiveResourcesInfo()
    .filter((name) => ['FSEventWrap', 'TCPServerWrap', 'TCPSocketWrap', 'TLSWrap', 'UDPWRAP'].includes(name))
    .sort();

t.test('stops with everything that it has opened', async (t) => {
  const before = openThings();
  const workDir = t.testdir();
  const scheduler = await start(t, workDir);
  await Promise.all([scheduler.stop('self'), scheduler.stop('self')]);
  await waitFor('the end of all that was open', () => isDeepStrictEqual(openThings(), before));
  const again = await start(t, workDir);
  await again.stop('self');
});

t.test('a start that fails leaves nothing open', async (t) => {
  const acl = { rules: [{ user: 'anonymous', actions: ['view'], paths: ['/'] }] };
  const workDir = t.testdir({ 'acl.json': JSON.stringify(acl) });
  const aclFile = join(workDir, 'acl.json');
  const taken = await listenOnFreePort(t, createServer());
  const before = openThings();
  const cases: readonly [what: string, changes: Partial<SchedulerOptions>, message: RegExp][] = [
    ['the web interface', { assetsPath: '/nowhere/ui' }, /^--assets_path: /],
    ['the artifact store', { artifactStore: 'file:///proc/nowhere' }, /^--artifact_store: /],
    ['the secret', { mesos: { ...options.mesos, secretFile: '/nowhere/s' } }, /^--mesos_authentication_secret_file: /],
    ['the endpoints', { httpCallback: { endpoints: ['ftp://x'], slowConsumerTimeoutMs: 1 } }, /^--http_endpoints: /],
    ['the keystore', { tls: { type: 'keystore', path: '/nowhere/x.p12', password: 'x' } }, /^--ssl_keystore_path: /],
    ['the port', { httpPort: taken }, /^port /],
  ];
  for (const [what, changes, message] of cases) {
    await t.rejects(start(t, workDir, { aclFile, ...changes }), { name: 'StartupError', message }, what);
    await waitFor(`the end of all that ${what} has kept open`, () => isDeepStrictEqual(openThings(), before));
  }
  // The store admits one at a time.
  const scheduler = await start(t, workDir);
  await scheduler.stop('self');
});
