import t from 'tap';
import type { Test } from 'tap';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/common/logger.js';
import { identifyProcess } from '../../../src/common/process-identity.js';
import { signalProcess } from '../../../src/lb/apply/end-process.js';
import { HaproxyControl } from '../../../src/lb/apply/haproxy-control.js';
import { HaproxyProgram } from '../../../src/lb/apply/haproxy-program.js';
import { preparePaths } from '../../../src/lb/apply/paths.js';
import type { LbPaths } from '../../../src/lb/apply/paths.js';
import type { ApplyOutcome, Configuration } from '../../../src/lb/apply/proxy-control.js';
import { haproxyCommand } from '../../../src/lb/apply/stats-socket.js';
import { finishText } from '../../../src/lb/render/configuration-text.js';
import { get, haproxiesOf, startNamedServer, withoutHaproxy } from '../../support/haproxy.js';
import type { NamedServer } from '../../support/haproxy.js';
import { killProcess } from '../../support/kill.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

const skip = withoutHaproxy();

interface Bench {
  readonly paths: LbPaths;
  readonly port: number;
  readonly control: HaproxyControl;
  /** Another one for the same directory, as after a restart of the role. */
  readonly another: (more?: { maxOldProcesses?: number }) => HaproxyControl;
  readonly server: (name: string) => Promise<NamedServer>;
  /** A frontend on `port` that leads to backend `web` with these server lines, or by the map; more sections below. */
  readonly config: (servers: readonly string[], more?: Partial<Written>) => Configuration;
  readonly ask: (command: string) => Promise<string>;
}

interface Written {
  readonly global: string;
  readonly frontend: string;
  readonly web: string;
  readonly sections: string;
  readonly map: Readonly<Record<string, string>>;
}

async function setUp(t: Test): Promise<Bench> {
  const directory = mkdtempSync(join(tmpdir(), 'ekiden-control-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }));
  t.teardown(() => {
    for (const pid of haproxiesOf(directory)) {
      const identity = identifyProcess(pid);
      if (identity !== undefined) signalProcess(identity, 'SIGKILL');
    }
  });
  const paths = await preparePaths(directory);
  const port = await freePort();
  const another: Bench['another'] = ({ maxOldProcesses = 5 } = {}) => {
    const control = new HaproxyControl({
      paths,
      program: new HaproxyProgram('haproxy'),
      logger: silentLogger,
      maxOldProcesses,
      archivedConfigs: 3,
    });
    t.teardown(() => control.settle());
    return control;
  };
  const mapPath = join(paths.maps, 'hosts.map');
  return {
    paths,
    port,
    control: another(),
    another,
    async server(name) {
      const server = await startNamedServer(name);
      t.teardown(() => server.close());
      return server;
    },
    config(servers, { global = '', frontend = '', web = '', sections = '', map } = {}) {
      const text = `global
  description ekiden-lb generation @generation@
  stats socket '${paths.statsSocket}' mode 600 level admin expose-fd listeners
  server-state-file '${paths.serverState}'
  ${global}
defaults
  mode http
  load-server-state-from-file global
  option redispatch
  option idle-close-on-response
  timeout connect 3s
  timeout client 30s
  timeout server 30s
  timeout http-keep-alive 5s
frontend entrance
  bind 127.0.0.1:${port}
  ${map === undefined ? '' : `use_backend %[req.hdr(host),map(${mapPath})] if { req.hdr(host),map(${mapPath}) -m found }`}
  ${frontend}
  default_backend web
backend web
  balance roundrobin
  ${web}
${servers.map((server) => `  server ${server}`).join('\n')}
${sections}
`;
      const maps = map === undefined ? [] : [{ path: mapPath, entries: new Map(Object.entries(map)) }];
      return finishText(text, paths.statsSocket, { maps });
    },
    ask: (command) => haproxyCommand(paths.statsSocket, command, 5_000),
  };
}

const now = { mayReload: true };

async function applied(control: HaproxyControl, configuration: Configuration): Promise<ApplyOutcome['kind']> {
  const outcome = await control.apply(configuration, now);
  if (outcome.kind === 'running') await control.remember();
  return outcome.kind;
}

const line = (name: string, { port }: NamedServer, words = ''): string => `${name} 127.0.0.1:${port} ${words}`;

/** Clients that ask one after the other, some of them with connections that stay; counts what is no answer 200. */
function startClients(port: number): { stop(): Promise<{ done: number; failed: string[] }> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let running = true;
  let done = 0;
  const failed: string[] = [];
  const client = async (stays: boolean): Promise<void> => {
    while (running) {
      await new Promise<void>((resolve) => {
        const call = request({ host: '127.0.0.1', port, agent: stays ? agent : false }, (response) => {
          if (response.statusCode !== 200) failed.push(`status ${response.statusCode}`);
          response.resume().on('end', resolve);
        });
        call.on('error', (error) => {
          failed.push(error.message);
          resolve();
        });
        call.end();
      });
      done += 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const clients = [client(true), client(true), client(true), client(false)];
  return {
    async stop() {
      running = false;
      await Promise.all(clients);
      agent.destroy();
      return { done, failed };
    },
  };
}

t.test('servers come and go under traffic in one process, and no request fails', { skip }, async (t) => {
  const { control, config, server, port, paths, another, ask } = await setUp(t);
  const servers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => server(name)));
  const lines = servers.map((one, index) => line(`s${index}_${one.port}`, one, 'check inter 200ms'));
  const pick = (...indexes: number[]): Configuration => config(indexes.map((index) => lines[index] ?? ''));
  t.equal(await applied(control, pick(0, 1)), 'running');
  const pid = control.running?.pid;
  const clients = startClients(port);
  for (const set of [[0, 1, 2], [1, 2, 3], [3], [3, 0], [0], [0, 1, 2, 3], [2], [1, 2], [0, 1]]) {
    const before = servers.map(({ requests }) => requests);
    t.equal(await applied(control, pick(...set)), 'changed');
    await waitFor('an answer from each of them', () =>
      set.every((index) => (servers[index]?.requests ?? 0) > (before[index] ?? 0)),
    );
  }
  t.equal(await applied(control, pick(0, 1)), 'unchanged');
  const { done, failed } = await clients.stop();
  t.same(failed, [], `none of ${done} requests failed`);
  t.equal(control.running?.pid, pid, 'the process is the same');
  await waitFor(
    'withdrawn servers to be deleted',
    async () => {
      await control.tidy();
      return !control.isUntidy;
    },
    { withinMs: 60_000 },
  );
  t.equal((await ask('show servers state web')).match(/ s\d_\d+ /g)?.length, 2);

  t.test('what it was told is on disk, and a restart begins with it', async (t) => {
    await control.settle();
    t.equal(readFileSync(paths.config, 'utf8'), pick(0, 1).text);
    t.equal(readFileSync(paths.goodConfig, 'utf8'), pick(0, 1).text);
    killProcess(pid);
    await waitFor('its end', () => control.noticeDeath());
    const next = another();
    t.notOk(await next.adopt());
    t.match(await next.startLastGood(), { kind: 'running' });
    t.match(await get(port), /[ab]/);
  });
});

t.test('a killed process is restarted with what it was told last, written or not', { skip }, async (t) => {
  const { control, config, server, port } = await setUp(t);
  const [a, b] = [await server('a'), await server('b')];
  await applied(control, config([line('a', a)]));
  await applied(control, config([line('b', b)]));
  const pid = control.running?.pid;
  killProcess(pid);
  await waitFor('its end', () => control.noticeDeath());
  t.equal(control.running, undefined);
  t.match(await control.startLastGood(), { kind: 'running', reasons: ['HAProxy was not running'] });
  t.not(control.running?.pid, pid);
  t.equal(await get(port), 'b');
});

t.test('weights, disabled servers, addresses and servers that come back', { skip }, async (t) => {
  const { control, config, server, port, ask } = await setUp(t);
  const [a, b] = [await server('a'), await server('b')];
  await applied(control, config([line('a', a), line('b', b, 'weight 0')]));
  t.same([await get(port), await get(port)], ['a', 'a']);
  t.equal(await applied(control, config([line('a', a, 'weight 0'), line('b', b, 'weight 10')])), 'changed');
  t.same([await get(port), await get(port)], ['b', 'b']);
  t.equal(await applied(control, config([line('a', a), line('b', b, 'weight 10 disabled')])), 'changed');
  t.same([await get(port), await get(port)], ['a', 'a']);
  t.equal(await applied(control, config([line('a', a, 'disabled'), line('b', b, 'weight 10')])), 'changed');
  t.same([await get(port), await get(port)], ['b', 'b']);
  t.equal(await applied(control, config([`b 127.0.0.1:${a.port} weight 10`])), 'changed');
  t.equal(await get(port), 'a', 'the same name at another address');

  t.test('one that is in use while it is withdrawn', async (t) => {
    await applied(control, config([line('a', a)]));
    a.delayMs = 10_000;
    const open = get(port).catch(() => 'cut');
    await waitFor('a request under way', async () => /^web,a,0,0,1,/m.test(await ask('show stat web 4 -1')));
    t.equal(await applied(control, config([line('b', b)])), 'changed');
    t.ok(control.isUntidy, 'it cannot be deleted yet');
    const leaving = { taskId: 'a.1', backend: 'web', server: 'a', endpoint: `127.0.0.1:${a.port}` };
    const gone = { ...leaving, taskId: 'z.1', endpoint: '127.0.0.1:9' };
    t.same(await control.drained([leaving, gone]), ['z.1']);
    t.equal(await applied(control, config([line('b', b), line('a', a, 'weight 3')])), 'changed', 'it is back');
    t.match(await ask('show servers state web'), / a 127.0.0.1 2 0 3 /);
    t.notOk(control.isUntidy);
    await applied(control, config([line('b', b)]));
    const reload = await control.apply(config([line('a', a, 'maxconn 5'), line('b', b)]), now);
    t.match(reload, { kind: 'running', reasons: [/is still in use as it was before/] }, 'but not as another one');
    t.same(await control.drained([leaving]), [], 'the replaced process has a connection');
    await a.close();
    await waitFor('its end', async () => (await control.drained([leaving])).length === 1);
    await open;
  });
});

t.test('clients that stick to a server', { skip }, async (t) => {
  const { control, config, server, port } = await setUp(t);
  const [a, b] = [await server('a'), await server('b')];
  const sticky = { web: 'cookie STICK insert indirect nocache dynamic\n  dynamic-cookie-key ekiden' };
  const ask = (cookie = ''): Promise<{ body: string; cookie: string }> =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, headers: { cookie }, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => resolve({ body, cookie: response.headers['set-cookie']?.[0]?.split(';')[0] ?? '' }));
      })
        .on('error', reject)
        .end();
    });
  await applied(control, config([line('a', a)], sticky));
  t.equal(await applied(control, config([line('a', a), line('b', b)], sticky)), 'changed');
  const first = await waitFor('the new server', async () => {
    const answer = await ask();
    return answer.body === 'b' && answer;
  });
  t.not(first.cookie, '', 'a server of run time has a cookie');
  for (let time = 0; time < 4; time += 1) t.equal((await ask(first.cookie)).body, 'b');
  t.equal(
    await applied(control, config([line('a', a), line('b', b)], { ...sticky, global: 'maxconn 100' })),
    'running',
  );
  t.equal((await ask(first.cookie)).body, 'b', 'and the same one after a reload');
  t.equal(await applied(control, config([line('a', a)], { ...sticky, global: 'maxconn 100' })), 'changed');
  t.equal((await ask(first.cookie)).body, 'a', 'who stuck to it is sent to another one at once');
});

t.test('maps', { skip }, async (t) => {
  const { control, config, server, port, paths, ask, another } = await setUp(t);
  const [a, b] = [await server('a'), await server('b')];
  const sections = `backend other\n  server b 127.0.0.1:${b.port}`;
  const of = (map: Record<string, string>): Configuration => config([line('a', a)], { sections, map });
  await applied(control, of({ 'x.local': 'other', 'y.local': 'web' }));
  const pid = control.running?.pid;
  t.same([await get(port, 'x.local'), await get(port, 'y.local')], ['b', 'a']);
  t.equal(await applied(control, of({ 'y.local': 'other', 'z;\\.local': 'other' })), 'changed');
  t.same([await get(port, 'x.local'), await get(port, 'y.local'), await get(port, 'z;\\.local')], ['a', 'b', 'b']);
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`host-${index}.example.com`, 'other']));
  t.equal(await applied(control, of(many)), 'changed');
  t.same([await get(port, 'host-2999.example.com'), await get(port, 'y.local')], ['b', 'a']);
  t.equal((await ask(`show map ${join(paths.maps, 'hosts.map')}`)).trim().split('\n').length, 3_000);
  t.equal(await applied(control, of({ 'x.local': 'other' })), 'changed');
  t.equal(await get(port, 'host-2999.example.com'), 'a');
  await control.settle();
  t.equal(readFileSync(join(paths.maps, 'hosts.map'), 'utf8'), 'x.local other\n');

  await ask(`add map ${join(paths.maps, 'hosts.map')} by-hand.local other`);
  const next = another();
  await next.adopt();
  t.equal(await applied(next, of({ 'x.local': 'other' })), 'changed', 'after an adoption it is read back');
  t.equal(await get(port, 'by-hand.local'), 'a');
  const broken = { ...of({ 'q.local': 'other' }), text: of({}).text.replace('retries', 'x').replace('balance', 'bal') };
  t.match(await next.apply(broken, now), { kind: 'refused' });
  t.equal(readFileSync(join(paths.maps, 'hosts.map'), 'utf8'), 'x.local other\n', 'a refused one leaves no map behind');
  t.equal(next.running?.pid, pid);
});

t.test('the process of an earlier load balancer is asked what it has', { skip }, async (t) => {
  const { control, config, server, port, another, ask } = await setUp(t);
  const [a, b, c] = [await server('a'), await server('b'), await server('c')];
  await applied(control, config([line('a', a), line('b', b)]));
  const pid = control.running?.pid;
  await ask('set server web/a state drain');
  await ask(`add server web/c 127.0.0.1:${c.port}`);
  await ask('set server web/c state ready');
  const next = another();
  t.ok(await next.adopt());
  t.equal(next.running?.text, config([line('a', a), line('b', b)]).text);
  t.equal(await applied(next, config([line('a', a), line('b', b)])), 'changed');
  t.same([await get(port), await get(port)], ['b', 'b'], 'c is gone, and what an operator took out stays out');
  t.equal(next.running?.pid, pid);
  t.equal(await applied(next, config([line('a', a), line('b', b)])), 'unchanged', 'once');

  await ask('set server web/b state maint');
  await ask('del server web/b');
  t.equal(await applied(next, config([line('a', a), line('b', b, 'weight 5')])), 'changed', 'what failed is read back');
  t.match(await ask('show servers state web'), / b 127.0.0.1 2 0 5 /);
  t.equal(next.running?.pid, pid);

  const refused = await next.apply(config([line('a', a), line('b', b, 'nonsense')]), { mayReload: true });
  t.equal(refused.kind, 'refused');
  const last = another();
  t.ok(await last.adopt());
  t.notMatch(last.running?.text, /nonsense/, 'what was only tried is not taken for what runs');
});

t.test('what cannot be told is a reload', { skip }, async (t) => {
  const { control, config, server, port, paths } = await setUp(t);
  const [a, b] = [await server('a'), await server('b')];
  await applied(control, config([line('a', a, 'check inter 200ms')]));
  const reload = await control.apply(config([line('a', a, 'check inter 300ms')]), now);
  t.match(reload, {
    kind: 'running',
    reasons: [/^backend web: - server a/, /^backend web: \+ server a .* inter 300ms/],
  });
  await control.remember();
  t.match(readdirSync(paths.archive), { length: 2 });

  t.test('and may have to wait, but not for what can be told', async (t) => {
    const pid = control.running?.pid;
    const next = config([line('b', b)], { frontend: `bind 127.0.0.1:${await freePort()}` });
    t.match(await control.apply(next, { mayReload: false }), { kind: 'postponed', changes: { length: 2 } });
    t.equal(await get(port), 'b');
    t.equal(control.running?.pid, pid);
    t.equal(await applied(control, next), 'running');
    t.not(control.running?.pid, pid);
    await control.remember();
    t.match(readdirSync(paths.archive), { length: 3 }, 'no more than were asked for');
  });

  t.test('servers that are down stay it over a reload', async (t) => {
    const dead = await server('dead');
    await dead.close();
    const lines = [line('b', b), line('dead', dead, 'check inter 200ms fall 1')];
    await applied(control, config(lines));
    await waitFor('the check', async () => (await get(port)) === 'b' && (await stateOf()) === 'DOWN');
    await applied(control, config(lines, { global: 'maxconn 99' }));
    t.equal(await stateOf(), 'DOWN');
    async function stateOf(): Promise<string | undefined> {
      const answer = await haproxyCommand(paths.statsSocket, 'show stat web 4 -1', 5_000);
      return /^web,dead,(?:[^,]*,){15}(\w+)/m.exec(answer)?.[1];
    }
  });
});

t.test('what cannot be run leaves everything as it was', { skip }, async (t) => {
  const { control, config, server, port, paths } = await setUp(t);
  const a = await server('a');
  const good = config([line('a', a)]);
  await applied(control, good);
  const before = control.running;
  const clients = startClients(port);
  t.match(await control.apply(config([], { web: 'nonsense' }), now), { kind: 'refused', message: /nonsense/ });
  const taken = await freePort();
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(taken, '127.0.0.1', resolve));
  t.teardown(() => squatter.close());
  t.match(await control.apply(config([line('a', a)], { frontend: `bind 127.0.0.1:${taken}` }), now), {
    kind: 'ports-taken',
    ports: [{ port: taken, reason: 'in use by another program' }],
  });
  t.match(await control.apply(config([line('a', a)], { frontend: `bind 192.0.2.1:${port}` }), now), {
    kind: 'ports-taken',
    ports: [{ host: '192.0.2.1', port, reason: /not an address of this machine/ }],
  });
  t.match(await control.apply(config([line('a', a)], { global: 'maxconn 5000000' }), now), {
    kind: 'refused',
    message: /^"maxconn 5000000", 1 listeners and 0 checked servers need 10000033 open files/,
  });
  const { failed } = await clients.stop();
  t.same(failed, []);
  t.same(control.running, before);
  t.equal(readFileSync(paths.config, 'utf8'), good.text);
  const wide = { ...good, text: good.text.replace(`bind 127.0.0.1:${port}`, `bind *:${port}`) };
  t.equal(await applied(control, wide), 'running', 'its own port on all addresses');
});

t.test('replaced processes serve on, but no more than a few of them', { skip }, async (t) => {
  const { another, config, server, port, ask } = await setUp(t);
  const control = another({ maxOldProcesses: 2 });
  const a = await server('a');
  const sockets: Socket[] = [];
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  const pids: (number | undefined)[] = [];
  for (let time = 0; time < 4; time += 1) {
    t.equal(await applied(control, config([line('a', a)], { global: `maxconn ${100 + time}` })), 'running');
    pids.push(control.running?.pid);
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    // A request whose head does not end keeps the process that took it.
    await new Promise<void>((resolve) => socket.write('GET / HTTP/1.1\r\nhost: a\r\n', () => resolve()));
    await waitFor('the connection', async () => /^CurrConns: [1-9]/m.test(await ask('show info')));
  }
  await waitFor('the end of the oldest', () => control.oldProcesses === 2);
  t.notOk(identifyProcess(pids[0] ?? 0));
  t.ok(identifyProcess(pids[1] ?? 0));
  await control.end();
  for (const pid of pids) t.notOk(identifyProcess(pid ?? 0));
});
