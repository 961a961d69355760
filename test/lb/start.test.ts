import t from 'tap';
import type { Test } from 'tap';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLogger } from '../../src/common/logger.js';
import { identifyProcess } from '../../src/common/process-identity.js';
import type { RoleContext, RoleHandle } from '../../src/common/role.js';
import type { LbStatus } from '../../src/lb/api/routes.js';
import { signalProcess } from '../../src/lb/apply/end-process.js';
import type { LbOptions } from '../../src/lb/options.js';
import { startLb } from '../../src/lb/start.js';
import { catalogApp, catalogInstance, startFakeCatalog } from '../support/fake-catalog.js';
import type { FakeCatalog } from '../support/fake-catalog.js';
import { get, haproxiesOf, lbOptions, lbStatus, startNamedServer, withoutHaproxy } from '../support/haproxy.js';
import type { NamedServer } from '../support/haproxy.js';
import { freePort } from '../support/ports.js';
import { waitFor } from '../support/wait.js';
import { killProcess } from '../support/kill.js';

const context: RoleContext = { logger: silentLogger, fatal: (error) => t.fail(error.message) };
const skip = withoutHaproxy();

interface Setup {
  readonly options: LbOptions;
  readonly catalog: FakeCatalog;
  readonly directory: string;
  readonly server: (name: string) => Promise<NamedServer>;
  readonly start: (more?: Partial<LbOptions>) => Promise<RoleHandle>;
  readonly call: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: string }>;
}

/** Everything that a test starts is ended after it, by its own process id. */
async function setUp(t: Test, subdirectory = '.'): Promise<Setup> {
  // A new name each time: what a killed run left behind must not be adopted.
  const temporary = mkdtempSync(join(tmpdir(), 'ekiden-lb-'));
  t.teardown(() => rmSync(temporary, { recursive: true, force: true, maxRetries: 10 }));
  const workDir = join(temporary, subdirectory);
  mkdirSync(workDir, { recursive: true });
  const catalog = await startFakeCatalog();
  t.teardown(() => catalog.close());
  const options = await lbOptions(workDir, catalog.url);
  t.teardown(() => {
    for (const pid of haproxiesOf(workDir)) {
      const identity = identifyProcess(pid);
      if (identity !== undefined) signalProcess(identity, 'SIGKILL');
    }
  });
  return {
    options,
    catalog,
    directory: join(workDir, 'lb'),
    async server(name) {
      const server = await startNamedServer(name);
      t.teardown(() => server.close());
      return server;
    },
    async start(changed = {}) {
      const role = await startLb({ ...options, ...changed }, context);
      t.teardown(() => role.stop('everything'));
      return role;
    },
    async call(method, path, body) {
      const response = await fetch(`http://127.0.0.1:${options.lbPort}${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.text() };
    },
  };
}

const answers = (port: number, body: string, host?: string): Promise<boolean> =>
  waitFor(`${body} on port ${port} for ${host ?? 'any host'}`, async () => (await get(port, host)) === body, {
    everyMs: 20,
  });

t.test('routes by service port and by rule, and leaves no process behind', { skip }, async (t) => {
  const { options, catalog, directory, server, start, call } = await setUp(t);
  const one = await server('one');
  const two = await server('two');
  const [portOne, portTwo] = [await freePort(), await freePort()];
  const role = await start();
  catalog.publish({
    apps: [catalogApp('/one', portOne), catalogApp('/group/two', portTwo)],
    instances: [catalogInstance('/one', 'one.1', [one.port]), catalogInstance('/group/two', 'two.1', [two.port])],
  });
  await answers(portOne, 'one');
  await answers(portTwo, 'two');
  t.equal(await get(options.haproxyHttpPort, 'ghost.local'), 'status 503', 'no rule yet');

  t.match(await call('POST', '/api/services', { id: '/one', acl: 'hdr(host) -i ghost.local' }), { status: 200 });
  t.match(await call('POST', '/api/services', { id: '/group/two', config: { Acl: 'path_beg /' } }), { status: 200 });
  await answers(options.haproxyHttpPort, 'one', 'ghost.local');
  t.equal(
    await get(options.haproxyHttpPort, `Ghost.Local:${options.haproxyHttpPort}`),
    'one',
    'a port does not matter',
  );
  // The wide rule comes last; it may have come with an update of its own
  await answers(options.haproxyHttpPort, 'two', 'other.local');
  t.equal(await get(options.haproxyHttpPort, 'ghost.local'), 'one');
  t.equal(await get(portOne), 'one', 'the service port serves HTTP as well');

  catalog.publish({ removedApps: ['/one'], removedInstances: ['one.1'] });
  await waitFor('the port of a removed app to be closed', () =>
    get(portOne).then(
      () => false,
      () => true,
    ),
  );
  await answers(options.haproxyHttpPort, 'two', 'ghost.local');
  t.match(await settledAt(options, 2), {
    haproxy: { state: 'running' },
    synced: true,
    position: { epoch: 'e1', seq: 2 },
    reports: [{ kind: 'rule', id: '/one', reason: 'there is no such app' }],
  });

  await role.stop('everything');
  t.same(haproxiesOf(directory), [], 'no HAProxy is left');
});

/** The status once HAProxy was verified to run what the catalog said with change number `seq`. */
function settledAt(options: LbOptions, seq: number): Promise<LbStatus> {
  return waitFor(`the verified configuration of change ${seq}`, async () => {
    const status = await lbStatus(options);
    return status.haproxy.state === 'running' && status.position?.seq === seq && status;
  });
}

t.test('keeps connections over reloads, and does not reload for nothing', { skip }, async (t) => {
  const { options, catalog, server, start } = await setUp(t);
  const servers = [await server('a'), await server('b')];
  const port = await freePort();
  await start();
  const instances = servers.map((s, i) => catalogInstance('/web', `web.${i}`, [s.port]));
  catalog.publish({ apps: [catalogApp('/web', port)], instances });
  await waitFor('the app', async () => /a|b/.test(await get(port)));
  await settledAt(options, 1);

  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  t.teardown(() => agent.destroy());
  let failed = 0;
  let done = 0;
  let running = true;
  const client = async (): Promise<void> => {
    while (running) {
      await new Promise<void>((resolve) => {
        const call = request({ host: '127.0.0.1', port, agent }, (response) => {
          if (response.statusCode !== 200) failed += 1;
          response.resume().on('end', resolve);
        });
        call.on('error', () => {
          failed += 1;
          resolve();
        });
        call.end();
      });
      done += 1;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const clients = [client(), client(), client(), client()];
  const generations = new Set<string | null>();
  for (let round = 0; round < 3; round += 1) {
    const before = (await lbStatus(options)).haproxy.generation;
    catalog.publish({ apps: [catalogApp(`/extra${round}`, await freePort())] });
    const { haproxy } = await waitFor('the reload', async () => {
      const status = await lbStatus(options);
      return status.haproxy.generation !== before && status;
    });
    generations.add(haproxy.generation);
  }
  running = false;
  await Promise.all(clients);
  t.equal(generations.size, 3);
  t.equal(failed, 0, `none of ${done} requests failed`);

  const { haproxy, lastReload } = await settledAt(options, 4);
  catalog.publish({ instances: [catalogInstance('/web', 'web.0', [servers[0]?.port ?? 0], { agentId: 'another' })] });
  await waitFor('the position', async () => (await lbStatus(options)).position?.seq === 5);
  t.match(await lbStatus(options), { haproxy, lastReload }, 'an equal text is not run again');
});

t.test('bad rules and templates change nothing', { skip }, async (t) => {
  const { options, catalog, directory, server, start, call } = await setUp(t);
  const templatePath = join(options.workDir, 'own.hbs');
  const shipped = readFileSync('templates/haproxy.cfg.hbs', 'utf8');
  writeFileSync(templatePath, shipped);
  const web = await server('web');
  const port = await freePort();
  await start({ templatePath });
  catalog.publish({ apps: [catalogApp('/web', port)], instances: [catalogInstance('/web', 'w', [web.port])] });
  await answers(port, 'web');
  await call('POST', '/api/services', { id: '/web', acl: 'path_beg /' });
  await answers(options.haproxyHttpPort, 'web');

  const refusedByUs = await call('POST', '/api/services', { id: '/web', acl: 'path -f /etc/hostname' });
  t.match(refusedByUs, { status: 422, body: /the flag "-f" cannot be used/ });
  const refusedByHaproxy = await call('POST', '/api/services', { id: '/web', acl: 'path_reg (' });
  t.match(refusedByHaproxy, { status: 422, body: /regex/ });
  t.match(await call('GET', '/api/services'), {
    body: '{"/web":{"Id":"/web","Acl":"path_beg /","Config":{"Acl":"path_beg /"}}}',
  });

  t.test('an edit by hand that only HAProxy refuses costs that rule alone', async (t) => {
    const rules = [
      { id: '/web', acl: 'path_beg /' },
      { id: '/gone', acl: 'method PUT' },
    ];
    catalog.publish({ apps: [catalogApp('/gone', 0)] });
    writeFileSync(
      join(directory, 'rules.json'),
      JSON.stringify({ rules: [rules[0], { id: '/gone', acl: 'path_reg (' }] }),
    );
    const reports = await waitFor('the report', async () => {
      const about = (await lbStatus(options)).reports.filter(({ kind }) => kind === 'rule');
      return about.length > 0 && about;
    });
    t.match(reports, [{ kind: 'rule', id: '/gone', reason: /HAProxy does not accept it: .*regex/s }]);
    t.equal(await get(options.haproxyHttpPort), 'web');
    writeFileSync(join(directory, 'rules.json'), JSON.stringify({ rules }));
    await waitFor('the repaired rule', async () => (await lbStatus(options)).reports.length === 0);
  });

  t.test('a rules file that is no JSON is reported, and not overwritten', async (t) => {
    writeFileSync(join(directory, 'rules.json'), '{"rules": [');
    await waitFor('the report', async () => (await lbStatus(options)).reports[0]?.kind === 'rules-file');
    t.match(await call('POST', '/api/services', { id: '/web', acl: 'path_beg /x' }), {
      status: 409,
      body: /repair it first/,
    });
    t.equal(await get(options.haproxyHttpPort), 'web');
    writeFileSync(join(directory, 'rules.json'), JSON.stringify({ rules: [{ id: '/web', acl: 'path_beg /' }] }));
    await waitFor('no report', async () => (await lbStatus(options)).reports.length === 0);
    await waitFor('the repaired rules in force', async () => {
      return !(await call('GET', '/ekiden/v1/config')).body.includes('# /gone\n');
    });
  });

  t.test('a template', async (t) => {
    const before = await lbStatus(options);
    const breakWith = async (text: string, reason: RegExp, served = 'web'): Promise<void> => {
      writeFileSync(templatePath, text);
      await waitFor(`a report like ${reason}`, async () => {
        const report = (await lbStatus(options)).reports[0];
        return report !== undefined && reason.test(report.reason);
      });
      t.match(await lbStatus(options), { haproxy: before.haproxy }, 'the process is the same');
      t.equal(await get(port), served);
    };
    await breakWith(`${shipped}\nbackend broken\n  nonsense here\n`, /unknown keyword 'nonsense'/);
    await breakWith(`${shipped}{{nothing}}`, /"nothing" not defined/);
    await breakWith(`${shipped}{{#if`, /Parse error/);
    await breakWith(shipped.replace('expose-fd listeners', ''), /must keep "stats socket/);
    await breakWith(
      `${shipped}\nfrontend stolen\n  bind 127.0.0.1:${options.lbPort}\n  default_backend x\nbackend x\n`,
      /in use/,
    );
    await t.test('what serves goes on with the template before it', async (t) => {
      const next = await server('next');
      const breakAndMove = async (text: string, reason: RegExp, to: NamedServer, n: number): Promise<void> => {
        await breakWith(text, reason, to === web ? 'next' : 'web');
        catalog.publish({
          instances: [catalogInstance('/web', `w${n}`, [to.port])],
          removedInstances: [n === 1 ? 'w' : `w${n - 1}`],
        });
        await answers(port, to === web ? 'web' : 'next');
        t.match((await lbStatus(options)).reports[0]?.reason, reason, 'it is still reported');
      };
      const serverLine = '  server {{name}} {{endpoint}}';
      const breaksEveryApp = shipped.replace(serverLine, '  nonsense {{name}}\n  server {{name}} {{endpoint}}');
      await breakAndMove(breaksEveryApp, /unknown keyword 'nonsense'/, next, 1);
      await breakAndMove(`${shipped}{{nothing}}`, /"nothing" not defined/, web, 2);
      const listens = `${shipped}\nfrontend stolen\n  bind 127.0.0.1:${options.lbPort}\n  default_backend x\nbackend x\n`;
      await breakAndMove(listens, /in use/, next, 3);
      catalog.publish({
        instances: [catalogInstance('/web', 'w4', [web.port])],
        removedInstances: ['w3'],
      });
      await answers(port, 'web');
    });
    writeFileSync(templatePath, shipped.replace('retries 3', 'retries 2'));
    await waitFor('the new template', async () => {
      const status = await lbStatus(options);
      return status.reports.length === 0 && status.haproxy.generation !== before.haproxy.generation;
    });
    t.match((await call('GET', '/ekiden/v1/config')).body, /retries 2/);
    t.match((await lbStatus(options)).lastReload?.reasons, ['defaults: - retries 3', 'defaults: + retries 2']);
  });
});

t.test('a port that another program has costs that port alone, until it is free', { skip }, async (t) => {
  const { options, catalog, server, start } = await setUp(t);
  const web = await server('web');
  const [taken, free] = [await freePort(), await freePort()];
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(taken, '127.0.0.1', resolve));
  t.teardown(() => squatter.close());
  await start();
  catalog.publish({
    apps: [catalogApp('/a', taken), catalogApp('/b', free)],
    instances: [catalogInstance('/a', 'a', [web.port]), catalogInstance('/b', 'b', [web.port])],
  });
  await answers(free, 'web');
  t.match((await lbStatus(options)).reports, [
    { kind: 'app', id: '/a', reason: `service port ${taken}: in use by another program` },
  ]);
  await new Promise((resolve) => squatter.close(resolve));
  await answers(taken, 'web');
});

t.test('HAProxy outlives the load balancer, is adopted, and comes back when it dies', { skip }, async (t) => {
  const { options, catalog, directory, server, start } = await setUp(t);
  const web = await server('web');
  const port = await freePort();
  const child = spawn(process.execPath, [
    fileURLToPath(new URL('../support/lb-child.js', import.meta.url)),
    JSON.stringify(options),
  ]);
  t.teardown(() => child.kill('SIGKILL'));
  catalog.publish({ apps: [catalogApp('/web', port)], instances: [catalogInstance('/web', 'w', [web.port])] });
  await answers(port, 'web');
  const before = await settledAt(options, 1);

  await t.rejects(start({ lbPort: await freePort() }), /runs already/, 'a second one on the same work_dir is refused');

  child.kill('SIGKILL');
  await once(child, 'exit');
  t.equal(await get(port), 'web', 'still served');

  catalog.answerWith({ status: 503 });
  const role = await start();
  t.match(await lbStatus(options), { haproxy: before.haproxy, synced: false }, 'adopted while no scheduler is there');
  catalog.answerWith(undefined);
  await waitFor('the catalog', async () => (await lbStatus(options)).synced);
  const settled = await waitFor('the update', async () => {
    const status = await lbStatus(options);
    return status.position !== null && status;
  });
  t.match(settled, { haproxy: before.haproxy, lastReload: null }, 'no reload was needed');
  t.same(haproxiesOf(directory), [before.haproxy.pid]);

  killProcess(before.haproxy.pid);
  await answers(port, 'web');
  const revived = await waitFor('the new HAProxy', async () => {
    const status = await lbStatus(options);
    return status.haproxy.state === 'running' && status.haproxy.pid !== before.haproxy.pid && status;
  });
  t.not(revived.haproxy.pid, before.haproxy.pid);
  t.equal(revived.haproxy.generation, before.haproxy.generation);

  await role.stop('self');
  t.same(haproxiesOf(directory), [revived.haproxy.pid], 'stopping only the role leaves HAProxy');

  t.test('with no HAProxy and no scheduler the last good configuration is served', async (t) => {
    killProcess(revived.haproxy.pid);
    await waitFor('its end', () => haproxiesOf(directory).length === 0);
    catalog.answerWith({ status: 503 });
    const next = await start();
    t.equal(await get(port), 'web');
    t.match(await lbStatus(options), { haproxy: { state: 'running' }, synced: false });
    await next.stop('everything');
    t.same(haproxiesOf(directory), []);
  });
});

t.test('who has a port keeps it, and a bad template leaves nobody out, over a restart', { skip }, async (t) => {
  const { options, catalog, server, start } = await setUp(t);
  const templatePath = join(options.workDir, 'own.hbs');
  const shipped = readFileSync('templates/haproxy.cfg.hbs', 'utf8');
  writeFileSync(templatePath, shipped);
  const [one, two, next] = [await server('one'), await server('two'), await server('next')];
  const port = await freePort();
  const role = await start({ templatePath });
  catalog.publish({
    apps: [catalogApp('/one', port, { version: '2026-02-02T00:00:00.000Z' })],
    instances: [catalogInstance('/one', 'one.1', [one.port])],
  });
  await answers(port, 'one');
  catalog.publish({
    apps: [catalogApp('/two', port, { version: '2026-01-01T00:00:00.000Z' })],
    instances: [catalogInstance('/two', 'two.1', [two.port])],
  });
  const refused = [{ kind: 'app', id: '/two', reason: `service port ${port}: belongs to /one` }];
  t.match((await settledAt(options, 2)).reports, refused);
  await role.stop('everything');

  writeFileSync(
    templatePath,
    shipped.replace('  server {{name}} {{endpoint}}', '  nonsense\n  server {{name}} {{endpoint}}'),
  );
  await start({ templatePath });
  const { reports } = await settledAt(options, 2);
  t.match(reports, [{ kind: 'haproxy', reason: /unknown keyword 'nonsense'/ }, ...refused]);
  catalog.publish({ instances: [catalogInstance('/one', 'one.2', [next.port])], removedInstances: ['one.1'] });
  await answers(port, 'next');
});

t.test('works in a directory whose path is too long for a socket', { skip }, async (t) => {
  const deep = join(...Array.from({ length: 6 }, (_, i) => `a-long-directory-name-${i}`), "it's deep");
  const { directory, catalog, server, start } = await setUp(t, deep);
  const web = await server('web');
  const port = await freePort();
  const role = await start();
  catalog.publish({ apps: [catalogApp('/web', port)], instances: [catalogInstance('/web', 'w', [web.port])] });
  await answers(port, 'web');
  await role.stop('everything');
  t.same(haproxiesOf(directory), []);
});

t.test('without a haproxy program the API works, and it is found once it is there', async (t) => {
  const { options, catalog, directory, server, start, call } = await setUp(t);
  const haproxyPath = join(options.workDir, 'haproxy-of-later');
  const web = await server('web');
  const port = await freePort();
  await start({ haproxyPath });
  catalog.publish({ apps: [catalogApp('/web', port)], instances: [catalogInstance('/web', 'w', [web.port])] });
  t.match(await lbStatus(options), { haproxy: { state: 'missing', hint: 'apt-get install haproxy' } });
  t.match(await call('POST', '/api/services', { id: '/web', acl: 'path_beg /' }), { status: 200 });
  await waitFor('the configuration', () =>
    readFileSync(join(directory, 'haproxy.cfg'), 'utf8').includes('use_backend'),
  );
  if (skip === false) {
    symlinkSync(execFileSync('which', ['haproxy'], { encoding: 'utf8' }).trim(), haproxyPath);
    await answers(port, 'web');
    await waitFor('the verified takeover', async () => (await lbStatus(options)).haproxy.state === 'running');
  }
});

t.test('says what is wrong with its options', async (t) => {
  const options = await lbOptions(t.testdir(), 'http://127.0.0.1:1');
  await t.rejects(startLb({ ...options, bindAddress: 'localhost' }, context), {
    name: 'UsageError',
    message: /haproxy_bind/,
  });
  await t.rejects(startLb({ ...options, haproxyStatsPort: options.lbPort }, context), { name: 'UsageError' });
  await t.rejects(startLb({ ...options, templatePath: '/nowhere' }, context), { name: 'StartupError' });
});
