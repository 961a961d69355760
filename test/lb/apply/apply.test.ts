import t from 'tap';
import { createServer } from 'node:net';
import { chmodSync, lstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bindsOf, findTakenPorts } from '../../../src/lb/apply/bind-preflight.js';
import { checkAcl } from '../../../src/lb/apply/acl-check.js';
import { lockDirectory } from '../../../src/lb/apply/directory-lock.js';
import { HaproxyProgram } from '../../../src/lb/apply/haproxy-program.js';
import { maxConnections } from '../../../src/lb/apply/machine.js';
import { preparePaths } from '../../../src/lb/apply/paths.js';
import { readState, writeState } from '../../../src/lb/apply/state-file.js';
import { haproxyCommand, parseInfo } from '../../../src/lb/apply/stats-socket.js';
import { HostAddresses } from '../../../src/lb/host-addresses.js';
import { withoutHaproxy } from '../../support/haproxy.js';
import { freePort } from '../../support/ports.js';

t.test('the addresses of bind lines', (t) => {
  const text = `
frontend a
  bind 127.0.0.1:80,[::1]:81 ssl
  bind *:82
  bind :83
  bind 'ipv4@10.0.0.1:84'
  bind :::85
  bind unix@/x:1
  bind /run/x:2
  bind abns@x:3
  bind fd@4
  bind :1000-2000
  # bind :99
`;
  t.same(bindsOf(text), [
    { host: '127.0.0.1', port: 80 },
    { host: '::1', port: 81 },
    { host: '0.0.0.0', port: 82 },
    { host: '0.0.0.0', port: 83 },
    { host: '10.0.0.1', port: 84 },
    { host: '::', port: 85 },
  ]);
  t.end();
});

t.test('taken ports', async (t) => {
  const [taken, free] = [await freePort(), await freePort()];
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(taken, '127.0.0.1', resolve));
  t.teardown(() => squatter.close());
  const host = '127.0.0.1';
  t.same(
    await findTakenPorts([
      { host, port: taken },
      { host, port: free },
    ]),
    [{ host, port: taken, reason: 'in use by another program' }],
  );
  t.match(await findTakenPorts([{ host: '192.0.2.1', port: free }]), [{ reason: /not an address of this machine/ }]);
  t.same(await findTakenPorts([{ host, port: free }]), [], 'nothing is left listening');
});

t.test('what HAProxy says of itself', (t) => {
  const answer = 'Name: HAProxy\nPid: 17\nStopping: 0\ndescription: ekiden-lb generation 0123456789abcdef\n\n';
  t.same(parseInfo(answer), { pid: 17, stopping: false, generation: '0123456789abcdef' });
  t.match(parseInfo('Pid: 1\nStopping: 1'), { stopping: true, generation: undefined });
  t.throws(() => parseInfo('Unknown command'), /not an answer/);
  t.end();
});

t.test('the stats socket', async (t) => {
  const path = join(t.testdir(), 's');
  await t.rejects(haproxyCommand(path, 'show info', 500), { code: 'ENOENT' });
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      if (data.toString() === 'good\n') socket.end('answer\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.teardown(() => server.close());
  t.equal(await haproxyCommand(path, 'good', 5_000), 'answer\n');
  await t.rejects(haproxyCommand(path, 'silent', 100), /no answer to "silent" within 100 ms/);
});

t.test('the program', { skip: withoutHaproxy() }, async (t) => {
  const directory = t.testdir();
  const program = new HaproxyProgram('haproxy');
  t.match(await program.version(), /HAProxy/i);
  const file = join(directory, 'x.cfg');
  writeFileSync(file, 'frontend f\n  bind :1\n  nonsense\n');
  t.match(await program.check(file), { message: /unknown keyword 'nonsense'/, lines: [3], missing: false });
  t.match(await program.check(join(directory, 'none')), { message: /./, lines: [] });
  t.equal(await checkAcl(program, directory, `path -m beg -- '/x'`), undefined);
  t.match(await checkAcl(program, directory, `path -m reg -- '('`), /regex/);

  const absent = new HaproxyProgram('/nowhere/haproxy');
  t.equal(await absent.version(), undefined);
  t.match(await absent.check(file), { missing: true, message: /ENOENT/ });
  t.equal(await checkAcl(absent, directory, 'anything'), undefined, 'nobody to ask');
});

t.test('paths', async (t) => {
  const directory = t.testdir();
  const near = await preparePaths(directory);
  t.equal(near.config, join(directory, 'lb', 'haproxy.cfg'));
  const deep = join(directory, 'x'.repeat(100));
  const far = await preparePaths(deep);
  t.ok(Buffer.byteLength(far.statsSocket) <= 90);
  t.equal((await preparePaths(deep)).statsSocket, far.statsSocket, 'always the same');
  t.not((await preparePaths(join(deep, 'other'))).statsSocket, far.statsSocket);
  const shared = join(far.statsSocket, '..');
  t.equal(lstatSync(shared).mode & 0o777, 0o700);
  chmodSync(shared, 0o755);
  await t.rejects(preparePaths(deep), { name: 'StartupError', message: /shorter path with --work_dir/ });
  chmodSync(shared, 0o700);
});

t.test('the lock and the state', async (t) => {
  const directory = t.testdir();
  const lock = join(directory, 'lock');
  for (const text of ['', 'null', '{"pid":999999,"startTime":"1","bootId":"x"}']) {
    writeFileSync(lock, text);
    const release = await lockDirectory(lock);
    await release();
  }
  const state = join(directory, 'state');
  t.equal(await readState(state), undefined);
  for (const text of ['{', 'null', '{}', '{"current":{"pid":0},"statsSocket":"s","old":[]}']) {
    writeFileSync(state, text);
    t.equal(await readState(state), undefined, text);
  }
  const current = { pid: 7, startTime: '1', bootId: 'b' };
  await writeState(state, { current, generation: 'g', statsSocket: '/s', old: [current] });
  t.same(await readState(state), { current, generation: 'g', statsSocket: '/s', old: [current] });
});

t.test('connections fit the limit of open files', (t) => {
  t.equal(maxConnections(Infinity), 20_000);
  t.equal(maxConnections(1_024), 281);
  t.equal(maxConnections(64), 50);
  t.ok(maxConnections() >= 50);
  t.end();
});

t.test('host names', async (t) => {
  let now = 0;
  const asked: string[] = [];
  const known = new Map([['a', '10.0.0.1']]);
  const addresses = new HostAddresses({
    now: () => now,
    resolve: async (host) => {
      asked.push(host);
      const address = known.get(host);
      if (address === undefined) throw new Error('ENOTFOUND');
      return address;
    },
  });
  await addresses.refresh(['a', 'b', '127.0.0.1', '', 'a']);
  t.same([addresses.get('a'), addresses.get('b'), addresses.hasUnknown()], ['10.0.0.1', undefined, true]);
  await addresses.refresh(['a', 'b']);
  t.same(asked, ['a', 'b'], 'not asked again at once');
  now = 10_000;
  known.set('b', '10.0.0.2');
  await addresses.refresh(['a', 'b']);
  t.same(asked, ['a', 'b', 'b'], 'an unknown one soon');
  t.equal(addresses.hasUnknown(), false);
  now = 100_000;
  known.clear();
  await addresses.refresh(['a']);
  t.equal(addresses.get('a'), '10.0.0.1', 'kept while the name does not resolve');
  t.equal(addresses.get('b'), undefined, 'forgotten with its last instance');
});
