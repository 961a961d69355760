import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import t from 'tap';
import type { Test } from 'tap';
import { createHttpClient } from '../../../../src/common/http-client.js';
import { StartupError } from '../../../../src/common/errors.js';
import { silentLogger } from '../../../../src/common/logger.js';
import { artifactBaseUrl } from '../../../../src/scheduler/adapters/artifacts/open-artifacts.js';
import { openArtifactStore } from '../../../../src/scheduler/adapters/artifacts/open-artifact-store.js';
import { ArtifactPathError } from '../../../../src/scheduler/ports/artifact-store.js';
import type { ArtifactStore } from '../../../../src/scheduler/ports/artifact-store.js';

async function folder(t: Test): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ekiden-artifacts-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

const http = createHttpClient({ timeoutMs: 5_000 });
t.teardown(() => http.close());

const open = (url: string, baseUrl?: string, clock = Date.now): Promise<ArtifactStore> =>
  openArtifactStore(url, { maxBytes: 1 << 20, http, baseUrl, clock, logger: silentLogger });

const bytes = (content: string): Readable => Readable.from([Buffer.from(content)], { objectMode: false });

t.test('links in the directory lead nowhere', async (t) => {
  const parent = await folder(t);
  const outside = join(parent, 'outside');
  const store = join(parent, 'store');
  await mkdir(outside);
  await mkdir(join(store, 'inside'), { recursive: true });
  await writeFile(join(outside, 'secret'), 'secret');
  await writeFile(join(store, 'inside', 'file'), 'file');
  await symlink(outside, join(store, 'out'));
  await symlink(join(outside, 'secret'), join(store, 'link'));
  await symlink('inside', join(store, 'in'));
  await symlink('nowhere', join(store, 'dangling'));
  const artifacts = await open(`file://${store}`);
  for (const path of ['out/secret', 'out/new', 'out/new/deeper', 'in/file', 'dangling/x']) {
    await t.rejects(artifacts.info(path), ArtifactPathError, `info ${path}`);
    await t.rejects(artifacts.read(path), ArtifactPathError, `read ${path}`);
    await t.rejects(artifacts.remove(path), ArtifactPathError, `remove ${path}`);
    await t.rejects(artifacts.write(path, bytes('x')), ArtifactPathError, `write ${path}`);
  }
  for (const path of ['link', 'out', 'dangling']) {
    await t.rejects(artifacts.info(path), ArtifactPathError, `info ${path}`);
    await t.rejects(artifacts.read(path), ArtifactPathError, `read ${path}`);
    await t.rejects(artifacts.remove(path), ArtifactPathError, `remove ${path}`);
  }
  // Written is the name in the store, not what it leads to
  await artifacts.write('link', bytes('an artifact now'));
  t.equal(await readFile(join(outside, 'secret'), 'utf8'), 'secret');
  t.equal((await artifacts.info('link'))?.bytes, 15);
  t.same(await readdir(outside), ['secret']);
});

t.test('what is neither a file nor a directory is no artifact, and holds nobody up', async (t) => {
  const store = await folder(t);
  await promisify(execFile)('mkfifo', [join(store, 'pipe')]);
  const artifacts = await open(`file://${store}`);
  t.equal(await artifacts.info('pipe'), undefined);
  t.equal(await artifacts.read('pipe'), undefined);
  t.equal(await artifacts.remove('pipe'), false);
});

t.test('a directory that is itself a link may be the store', async (t) => {
  const parent = await folder(t);
  await mkdir(join(parent, 'real'));
  await symlink('real', join(parent, 'store'));
  const artifacts = await open(`file://${parent}/store`);
  await artifacts.write('a/x', bytes('x'));
  t.equal(await readFile(join(parent, 'real', 'a', 'x'), 'utf8'), 'x');
});

t.test('unfinished uploads go while the store is open, too', async (t) => {
  const directory = await folder(t);
  let nowMs = Date.now();
  const artifacts = await open(`file://${directory}`, undefined, () => nowMs);
  const left = join(directory, '.ekiden-uploads', 'left');
  await writeFile(left, 'a part');
  await artifacts.write('x', bytes('x'));
  t.same(await readdir(join(directory, '.ekiden-uploads')), ['left']);
  await utimes(left, new Date(nowMs), new Date(nowMs));
  nowMs += 2 * 3_600_000;
  await artifacts.write('x', bytes('x'));
  t.same(await readdir(join(directory, '.ekiden-uploads')), []);
});

t.test('what cannot be a store is said in one line', async (t) => {
  const parent = await folder(t);
  await writeFile(join(parent, 'file'), '');
  const refused: readonly (readonly [string, RegExp])[] = [
    [`file://${parent}/file`, /file cannot be used: it, or what it should lie in, is a file/],
    [`file://${parent}/file/below`, /is a file and not a directory/],
    ['file:///', /whole file system/],
    ['file:////', /whole file system/],
    ['file://host/dir', /on another machine: write file:\/\/\/directory/],
    ['s3://bucket/path', /s3:\/\/ is not supported: write file:\/\/\/directory, or hdfs:\/\/namenode:8020/],
    ['/just/a/path', /not a URL: write file:\/\/\/directory/],
    ['file:///a%2Fb', /not the path of a directory/],
    ['hdfs:///path', /with a host/],
    ['hdfs://nn/path?webhdfs=nn:9870', /webhdfs=nn:9870 is not the address/],
    ['hdfs://nn/%zz', /two hexadecimal digits/],
  ];
  for (const [url, text] of refused) {
    await t.rejects(open(url), { constructor: StartupError, message: text }, url);
  }
  await symlink('nowhere', join(parent, 'dangling'));
  for (const directory of ['/proc/artifacts', '/proc/artifacts/below', join(parent, 'dangling')]) {
    await t.rejects(open(`file://${directory}`), StartupError, directory);
  }
});

t.test('a directory that this user may not write to', { skip: process.getuid?.() === 0 && 'root may' }, async (t) => {
  const parent = await folder(t);
  await mkdir(join(parent, 'closed'), { mode: 0o500 });
  await t.rejects(open(`file://${parent}/closed`), /may not write there/);
});

t.test('tasks fetch from the API, as with Marathon, unless they cannot', async (t) => {
  const directory = await folder(t);
  const names = { hostname: 'leader.example', httpPort: 8080, httpsPort: 8443, httpDisabled: false };
  const credentials = { user: 'u', password: 'p' };
  const open1 = { ...names, credentials: undefined, aclFile: undefined };
  const api = 'http://leader.example:8080/v2/artifacts';
  t.equal(artifactBaseUrl(open1, false), api);
  t.equal(artifactBaseUrl({ ...open1, httpDisabled: true }, false), 'https://leader.example:8443/v2/artifacts');
  t.equal(artifactBaseUrl({ ...open1, credentials }, false), undefined);
  t.equal(artifactBaseUrl({ ...open1, credentials, aclFile: '/acl' }, false), api);
  t.equal(artifactBaseUrl(open1, true), undefined, 'a plugin asks who they are');
  t.equal(artifactBaseUrl({ ...open1, aclFile: '/acl' }, true), api);
  t.equal(
    (await open(`file://${directory}`, artifactBaseUrl(open1, false))).uriOf('a b/c#.tgz'),
    'http://leader.example:8080/v2/artifacts/a%20b/c%23.tgz',
  );
  t.equal((await open(`file://${directory}`)).uriOf('a b/c#.tgz'), `file://${directory}/a%20b/c%23.tgz`);
});
