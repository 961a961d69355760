import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { Fetcher } from '../../../src/cluster/agent/fetcher/fetcher.js';
import { defaultFetchLimits } from '../../../src/cluster/agent/fetcher/limits.js';
import type { CommandUri } from '../../../src/mesos/types.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import type { TarEntry } from './support/tar-writer.js';
import { tarBytes } from './support/tar-writer.js';
import type { ZipEntry } from './support/zip-writer.js';
import { zipBytes } from './support/zip-writer.js';

const limits = {
  ...defaultFetchLimits,
  maxDownloadBytes: 1 << 20,
  maxExtractedBytes: 1 << 20,
  maxExtractedEntries: 100,
  maxCacheBytes: 1000,
};
const root = mkdtempSync(join(tmpdir(), 'ekiden-fetch-'));
const fetcher = new Fetcher(join(root, 'cache'), limits);
t.teardown(async () => {
  await fetcher.close();
  rmSync(root, { recursive: true });
});

let sandboxes = 0;
function newSandbox(): string {
  const sandbox = join(root, `sandbox-${sandboxes++}`, 'in');
  mkdirSync(sandbox, { recursive: true });
  return sandbox;
}

async function fetchInto(sandbox: string, uris: readonly CommandUri[], signal = new AbortController().signal) {
  await fetcher.fetch({ uris, sandbox, containerId: 'c-1', user: undefined, signal });
  return sandbox;
}
const fetchAll = (...uris: CommandUri[]): Promise<string> => fetchInto(newSandbox(), uris);
const logOf = (sandbox: string): string => readFileSync(join(sandbox, 'stderr'), 'utf8');

function file(name: string, content: string | Buffer): string {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
}

function compressed(program: string, bytes: Buffer): Buffer | undefined {
  try {
    return execFileSync(program, ['-c'], { input: bytes });
  } catch {
    return undefined;
  }
}

t.test('extracts by the seven endings', async (t) => {
  const entries: TarEntry[] = [
    { name: 'dir/', type: '5', mode: 0o755 },
    { name: 'dir/run.sh', content: 'echo run\n', mode: 0o6755 },
    { name: './plain', content: 'x'.repeat(2000) },
    { name: 'empty' },
    { name: 'dir/up', type: '2', link: '../plain' },
    { name: 'hard', type: '1', link: 'plain' },
  ];
  const tar = tarBytes(entries);
  const zip = zipBytes([
    { name: 'dir/', mode: 0o040755 },
    { name: 'dir/run.sh', content: 'echo run\n', mode: 0o106755 },
    { name: 'plain', content: 'x'.repeat(2000), mode: 0o100644 },
    { name: 'empty', mode: 0o100644 },
    { name: 'dir/up', content: '../plain', mode: 0o120777 },
    { name: 'hard', content: 'x'.repeat(2000) },
  ]);
  const archives: [string, Buffer | undefined, string][] = [
    ['a.tgz', gzipSync(tar), ''],
    ['a.tar.gz', gzipSync(tar), ''],
    ['a.tbz2', compressed('bzip2', tar), 'bzip2'],
    ['a.tar.bz2', compressed('bzip2', tar), 'bzip2'],
    ['a.txz', compressed('xz', tar), 'xz'],
    ['a.tar.xz', compressed('xz', tar), 'xz'],
    ['a.zip', zip, ''],
  ];
  for (const [name, bytes, program] of archives) {
    await t.test(name, { skip: bytes === undefined ? `${program} is not installed` : false }, async (t) => {
      const sandbox = await fetchAll({ value: `file://${file(name, bytes as Buffer)}` });
      t.strictSame(readdirSync(sandbox).sort(), [name, 'dir', 'empty', 'hard', 'plain', 'stderr'].sort());
      t.equal(readFileSync(join(sandbox, 'dir/run.sh'), 'utf8'), 'echo run\n');
      t.equal(lstatSync(join(sandbox, 'dir/run.sh')).mode & 0o7777, 0o755, 'executable, not setuid');
      t.equal(readFileSync(join(sandbox, 'dir/up'), 'utf8').length, 2000);
      t.equal(readFileSync(join(sandbox, 'hard'), 'utf8').length, 2000);
      t.equal(readFileSync(join(sandbox, 'empty'), 'utf8'), '');
      t.notMatch(logOf(sandbox), /Skipped/);
    });
  }
});

t.test('extract, executable, output_file, names', async (t) => {
  const archive = file('b.tgz', gzipSync(tarBytes([{ name: 'inside', content: 'i' }])));
  t.strictSame(readdirSync(await fetchAll({ value: archive, extract: false })).sort(), ['b.tgz', 'stderr']);

  const sandbox = await fetchAll(
    { value: archive, executable: true, output_file: 'bin/tool.tgz' },
    { value: archive, output_file: './sub//renamed.tar.gz', cache: true },
    { value: `file://${file('plain', 'p')}` },
  );
  t.equal(lstatSync(join(sandbox, 'bin/tool.tgz')).mode & 0o777, 0o755);
  t.ok(existsSync(join(sandbox, 'sub/renamed.tar.gz')));
  t.equal(readFileSync(join(sandbox, 'inside'), 'utf8'), 'i');
  t.equal(lstatSync(join(sandbox, 'plain')).mode & 0o777, 0o644);

  for (const [uri, message] of [
    [{ value: archive, output_file: '../out' }, /not a path inside the sandbox/],
    [{ value: archive, output_file: '/out' }, /not a path inside the sandbox/],
    [{ value: 'http://127.0.0.1:1/a/%2e%2e' }, /does not end in the name of a file/],
    [{ value: 'http://127.0.0.1:1/..%2f..%2fetc%2fpasswd' }, /does not end in the name of a file/],
    [{ value: 'http://127.0.0.1:1/' }, /does not end in the name of a file/],
    [{ value: 'gopher://x/y' }, /the scheme 'gopher' is not one of/],
    [{ value: 'relative/path' }, /a relative path cannot be fetched/],
    [{ value: join(root, 'missing') }, /ENOENT/],
    [{ value: root }, /not a regular file/],
    [{ value: file('broken.tgz', 'no archive') }, /cannot be extracted/],
    [{ value: file('broken.zip', 'no archive') }, /cannot be extracted/],
    [
      { value: file('cut.tgz', gzipSync(tarBytes([{ name: 'a', content: 'x'.repeat(5000) }]).subarray(0, 2000))) },
      /cannot be extracted/,
    ],
    [{ value: file('crc.zip', zipBytes([{ name: 'a', content: 'x', wrongChecksum: true }])) }, /its checksum is wrong/],
  ] as [CommandUri, RegExp][]) {
    await t.rejects(fetchAll(uri), { message }, uri.value);
  }
  await t.rejects(fetchAll({ value: '/no/such/file' }), {
    message: /^Failed to fetch all URIs for container 'c-1': \/no\/such\/file: /,
  });
});

t.test('hostile archives stay inside', async (t) => {
  const outside = join(root, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'secret');
  const tarEntries: TarEntry[] = [
    { name: '../escaped', content: 'bad' },
    { name: 'a/../../escaped', content: 'bad' },
    { name: '/absolute', content: 'fine inside' },
    { name: 'link-abs', type: '2', link: outside },
    { name: 'link-up', type: '2', link: '../outside' },
    { name: 'deep/b/self', type: '2', link: '.' },
    { name: 'deep/b/trick', type: '2', link: 'self/self/self/../../../../x' },
    { name: 'link-abs/written', content: 'bad' },
    { name: 'hard-out', type: '1', link: '../../outside/secret' },
    { name: 'hard-abs', type: '1', link: join(outside, 'secret') },
    { name: 'device', type: '3' },
    { name: 'fifo', type: '6' },
    { name: 'swap', type: '2', link: 'deep' },
    { name: 'swap', content: 'a file now' },
  ];
  const before = readdirSync(outside);
  const sandbox = newSandbox();
  await fetchInto(sandbox, [{ value: file('evil.tgz', gzipSync(tarBytes(tarEntries))) }]);
  t.strictSame(readdirSync(join(sandbox, '..')), ['in']);
  t.strictSame(readdirSync(outside), before);
  t.equal(readFileSync(join(sandbox, 'absolute'), 'utf8'), 'fine inside');
  t.notOk(existsSync(join(sandbox, 'link-up')));
  t.ok(lstatSync(join(sandbox, 'link-abs')).isDirectory(), 'a directory of its own, not the link');
  t.notOk(existsSync(join(sandbox, 'deep/b/trick')));
  t.equal(readlinkSync(join(sandbox, 'deep/b/self')), '.');
  for (const name of ['hard-out', 'hard-abs', 'device', 'fifo']) t.notOk(existsSync(join(sandbox, name)), name);
  t.match(logOf(sandbox), /Skipped "..\/escaped" of evil.tgz: its path leads upwards/);

  const zipEntries: ZipEntry[] = [
    { name: '../escaped', content: 'bad' },
    { name: '..\\escaped', content: 'bad' },
    { name: 'C:\\x', content: 'odd' },
    { name: 'link', content: outside, mode: 0o120777 },
    { name: 'link/written', content: 'bad', mode: 0o100644 },
    { name: 'fifo', mode: 0o010644 },
    { name: 'x\0y', content: 'bad' },
  ];
  const second = newSandbox();
  await fetchInto(second, [{ value: file('evil.zip', zipBytes(zipEntries)) }]);
  t.strictSame(readdirSync(join(second, '..')), ['in']);
  t.strictSame(readdirSync(outside), before);
  t.ok(lstatSync(join(second, 'link')).isDirectory());
});

t.test('what is in the way is not written through', async (t) => {
  const outside = join(root, 'outside-2');
  mkdirSync(outside);
  const sandbox = newSandbox();
  symlinkSync(outside, join(sandbox, 'link'));
  symlinkSync(join(outside, 'target'), join(sandbox, 'plain'));
  await fetchInto(sandbox, [
    {
      value: file(
        'through.tgz',
        gzipSync(
          tarBytes([
            { name: 'link/a', content: 'bad' },
            { name: 'plain', content: 'p' },
          ]),
        ),
      ),
    },
    { value: file('through.zip', zipBytes([{ name: 'link/a', content: 'bad' }])) },
  ]);
  await t.rejects(fetchInto(sandbox, [{ value: file('x', 'x'), output_file: 'link/x' }]), { message: /is in the way/ });
  t.strictSame(readdirSync(outside), []);
  t.equal(readFileSync(join(sandbox, 'plain'), 'utf8'), 'p');
  t.ok(lstatSync(join(sandbox, 'plain')).isFile());
});

t.test('bombs are stopped', async (t) => {
  const zeros = Buffer.alloc(2 << 20);
  const many = Array.from({ length: 101 }, (_, i) => ({ name: `f${i}` }));
  for (const [name, bytes, message] of [
    ['bomb.tgz', gzipSync(tarBytes([{ name: 'zeros', content: zeros }])), /more than 1048576 bytes/],
    ['bomb.zip', zipBytes([{ name: 'zeros', content: zeros }]), /more than 1048576 bytes/],
    ['many.tgz', gzipSync(tarBytes(many)), /more than 100 entries/],
    ['many.zip', zipBytes(many), /more than 100 entries/],
    ['large', zeros, /larger than 1048576 bytes/],
  ] as [string, Buffer, RegExp][]) {
    await t.rejects(fetchAll({ value: file(name, bytes) }), { message }, name);
  }
  const bomb = compressed('xz', tarBytes([{ name: 'zeros', content: zeros }]));
  if (bomb !== undefined) {
    await t.rejects(fetchAll({ value: file('bomb.txz', bomb) }), { message: /more than 1048576 bytes/ });
  }
});

t.test('http', async (t) => {
  const seen: string[] = [];
  const routes: Record<string, RequestListener> = {
    '/file.txt': (_request, response) => response.end('over http'),
    '/moved': (_request, response) => response.writeHead(302, { location: '/file.txt?x=1' }).end(),
    '/loop': (_request, response) => response.writeHead(301, { location: '/loop' }).end(),
    '/to-file': (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    '/gone': (_request, response) => response.writeHead(404).end('not here'),
    '/secret': (request, response) => response.end(request.headers.authorization),
    '/hangs': () => undefined,
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    seen.push(request.url ?? '');
    const answer = routes[path];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const at = `http://127.0.0.1:${port}`;
  const sandbox = await fetchAll(
    { value: `${at}/file.txt?token=1#part` },
    { value: `${at}/moved`, output_file: 'moved' },
  );
  t.equal(readFileSync(join(sandbox, 'file.txt'), 'utf8'), 'over http');
  t.equal(readFileSync(join(sandbox, 'moved'), 'utf8'), 'over http');
  t.strictSame(seen, ['/file.txt?token=1', '/moved', '/file.txt?x=1']);

  const secret = await fetchAll({ value: `http://me:p%20w@127.0.0.1:${port}/secret` });
  t.equal(readFileSync(join(secret, 'secret'), 'utf8'), `Basic ${Buffer.from('me:p w').toString('base64')}`);
  t.notMatch(logOf(secret), /p%20w/);

  await t.rejects(fetchAll({ value: `${at}/gone` }), { message: /status 404/ });
  await t.rejects(fetchAll({ value: `${at}/loop` }), { message: /more than 10 times/ });
  await t.rejects(fetchAll({ value: `${at}/to-file` }), { message: /not http or https/ });
  await t.rejects(fetchAll({ value: 'http://127.0.0.1:1/refused' }), { message: /ECONNREFUSED/ });

  const abort = new AbortController();
  const fetching = fetchInto(newSandbox(), [{ value: `${at}/hangs` }], abort.signal);
  await waitFor('the request', () => seen.includes('/hangs'));
  abort.abort();
  await t.rejects(fetching, { name: 'AbortError' });

  const holders = Array.from({ length: limits.concurrency }, () => new AbortController());
  const held = holders.map((holder) => fetchInto(newSandbox(), [{ value: `${at}/hangs` }], holder.signal));
  const waiting = new AbortController();
  const waits = fetchInto(newSandbox(), [{ value: `${at}/file.txt` }], waiting.signal);
  waiting.abort();
  await t.rejects(waits, { name: 'AbortError' }, 'one that waits for its turn');
  for (const holder of holders) holder.abort();
  for (const one of held) await t.rejects(one, { name: 'AbortError' });
});

/** As much of an FTP server (RFC 959, 2428) as one download needs. */
async function ftpServer(content: string): Promise<{ port: number; close(): void; commands: string[] }> {
  const commands: string[] = [];
  const server = createTcpServer((control) => {
    const say = (text: string): void => void control.write(`${text}\r\n`);
    const data = createTcpServer();
    // The client may connect before or after it says what it wants.
    const connection = new Promise<Socket>((resolve) => data.once('connection', resolve));
    control.on('error', () => undefined).on('close', () => data.close());
    control.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\r\n').filter((l) => l !== '')) {
        commands.push(line);
        switch (line.split(' ')[0]) {
          case 'USER':
            say('331 password');
            break;
          case 'PASS':
            say('230 in');
            break;
          case 'PWD':
            say('257 "/"');
            break;
          case 'EPSV':
            data.listen(0, '127.0.0.1', () => {
              const address = data.address();
              say(`229 extended passive (|||${typeof address === 'object' ? address?.port : 0}|)`);
            });
            break;
          case 'SIZE':
            say(`213 ${content.length}`);
            break;
          case 'RETR':
            say('150 here it comes');
            void connection.then((socket) => socket.end(content, () => say('226 done')));
            break;
          default:
            say('200 ok');
        }
      }
    });
    say('220 ready');
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { port, commands, close: () => server.close() };
}

const hasCurl = spawnSync('curl', ['--version']).status === 0;
t.test('ftp, through curl', { skip: hasCurl ? false : 'curl is not installed' }, async (t) => {
  const server = await ftpServer('over ftp');
  t.teardown(() => server.close());
  const sandbox = await fetchAll({ value: `ftp://me:pass%22word@127.0.0.1:${server.port}/dir/file.txt` });
  t.equal(readFileSync(join(sandbox, 'file.txt'), 'utf8'), 'over ftp');
  t.ok(server.commands.includes('PASS pass"word'));
  t.notMatch(logOf(sandbox), /pass%22word/);
});

t.test('what other programs fetch names the program that is missing', async (t) => {
  const { PATH, HADOOP_HOME } = process.env;
  t.teardown(() => {
    process.env['PATH'] = PATH;
    if (HADOOP_HOME !== undefined) process.env['HADOOP_HOME'] = HADOOP_HOME;
  });
  delete process.env['HADOOP_HOME'];
  process.env['PATH'] = join(root, 'nowhere');
  await t.rejects(fetchAll({ value: 'ftp://127.0.0.1:1/file' }), { message: /'curl'.*is not installed/ });
  await t.rejects(fetchAll({ value: 'hdfs://name/file' }), { message: /Hadoop client 'hadoop'.*is not installed/ });
  await t.rejects(fetchAll({ value: file('c.tbz2', 'x') }), { message: /'bzip2'.*is not installed/ });
  process.env['PATH'] = PATH;

  const home = join(root, 'hadoop');
  mkdirSync(join(home, 'bin'), { recursive: true });
  writeFileSync(join(home, 'bin/hadoop'), '#!/bin/sh\necho "$1 $2 $3" >"$4"\n', { mode: 0o755 });
  process.env['HADOOP_HOME'] = home;
  const sandbox = await fetchAll({ value: 's3a://bucket/key.txt' });
  delete process.env['HADOOP_HOME'];
  t.equal(readFileSync(join(sandbox, 'key.txt'), 'utf8'), 'fs -copyToLocal s3a://bucket/key.txt\n');
});

t.test('cache: one download for all tasks of a user, as long as there is room', async (t) => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    if (request.url === '/gone') response.writeHead(404);
    response.end('x'.repeat(request.url === '/large' ? 2000 : 400));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const uri = (path: string): CommandUri => ({ value: `http://127.0.0.1:${port}${path}`, cache: true });
  const sandboxes = await Promise.all([fetchAll(uri('/a')), fetchAll(uri('/a')), fetchAll(uri('/a'))]);
  await fetchAll(uri('/a'));
  t.equal(asked, 1, 'at the same time and later');
  t.strictSame(
    sandboxes.map((sandbox) => readFileSync(join(sandbox, 'a'), 'utf8').length),
    [400, 400, 400],
  );
  await fetchAll(uri('/b'));
  await fetchAll(uri('/a'));
  t.equal(asked, 2);
  // 1,200 bytes are too much: what was not used for the longest time goes.
  await fetchAll(uri('/c'));
  await fetchAll(uri('/a'));
  t.equal(asked, 3);
  await fetchAll(uri('/b'));
  t.equal(asked, 4);
  t.ok(readdirSync(join(root, 'cache')).length <= 2);
  await fetchAll(uri('/large'));
  t.equal(readdirSync(join(root, 'cache')).length, 0, 'what is larger than all of it is not kept');
  await t.rejects(fetchAll(uri('/gone')), { message: /status 404/ });
  await t.rejects(fetchAll(uri('/gone')), { message: /status 404/ });
  t.equal(asked, 7, 'a failure is not kept');

  const aborted = new AbortController();
  const waiting = fetchInto(newSandbox(), [uri('/slow')], aborted.signal);
  aborted.abort();
  await t.rejects(waiting);
});
