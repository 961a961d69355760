import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import t from 'tap';
import { StartupError } from '../../../../src/common/errors.js';
import { createHttpClient } from '../../../../src/common/http-client.js';
import { silentLogger } from '../../../../src/common/logger.js';
import { openArtifactStore } from '../../../../src/scheduler/adapters/artifacts/open-artifact-store.js';
import { parseHdfsUrl } from '../../../../src/scheduler/adapters/artifacts/webhdfs-url.js';
import { ArtifactPathError } from '../../../../src/scheduler/ports/artifact-store.js';
import type { ArtifactStore } from '../../../../src/scheduler/ports/artifact-store.js';
import { hdfsUser, startFakeWebHdfs } from '../../../support/fake-webhdfs.js';
import { listenOnFreePort } from '../../../support/listen.js';

const http = createHttpClient({ timeoutMs: 5_000 });
t.teardown(() => http.close());

const open = (url: string): Promise<ArtifactStore> =>
  openArtifactStore(url, { maxBytes: 1 << 20, http, clock: Date.now, logger: silentLogger });

const bytes = (content: string): Readable => Readable.from([Buffer.from(content)], { objectMode: false });

t.test('where an HDFS is', async (t) => {
  const parse = (url: string): ReturnType<typeof parseHdfsUrl> => parseHdfsUrl(new URL(url));
  t.same(parse('hdfs://nn:8020/a%20b/'), {
    uri: 'hdfs://nn:8020/a%20b',
    directory: '/a b',
    nameNodes: ['http://nn:9870'],
    user: undefined,
  });
  t.same(parse('hdfs://me@cluster?webhdfs=http://n1:50070,https://n2:9871/'), {
    uri: 'hdfs://cluster',
    directory: '',
    nameNodes: ['http://n1:50070', 'https://n2:9871'],
    user: 'me',
  });
});

t.test('tasks fetch from HDFS itself', async (t) => {
  const hdfs = await startFakeWebHdfs(t);
  const store = await open(`hdfs://${hdfsUser}@nn:8020/base?webhdfs=${hdfs.nameNode}`);
  t.equal(store.uriOf('a b/c.tgz'), 'hdfs://nn:8020/base/a%20b/c.tgz');
});

t.test('the root of HDFS may be the store', async (t) => {
  const hdfs = await startFakeWebHdfs(t);
  const store = await open(`hdfs://${hdfsUser}@nn?webhdfs=${hdfs.nameNode}`);
  await store.write('x', bytes('x'));
  await store.write('a/y', bytes('y'));
  t.same(hdfs.files(), ['/a/y', '/x']);
  t.same(hdfs.directories(), ['/', '/.ekiden-uploads', '/a']);
});

t.test('an upload goes to the data node under another name and is renamed when it is whole', async (t) => {
  const hdfs = await startFakeWebHdfs(t);
  const store = await open(`hdfs://${hdfsUser}@nn/base?webhdfs=${hdfs.nameNode}`);
  const before = hdfs.asked.length;
  await store.write('a/x', bytes('x'));
  t.match(hdfs.asked.slice(before), [
    'GET GETFILESTATUS /base/a/x',
    /^PUT CREATE \/base\/\.ekiden-uploads\/[0-9a-f-]{36}$/,
    'PUT MKDIRS /base/a',
    /^PUT RENAME \/base\/\.ekiden-uploads\/[0-9a-f-]{36}$/,
  ]);
});

t.test('the active one of several name nodes is found, and found again', async (t) => {
  const hdfs = await startFakeWebHdfs(t);
  const dead = createServer();
  const port = await listenOnFreePort(t, dead);
  await new Promise((resolve) => dead.close(resolve));
  const store = await open(
    `hdfs://${hdfsUser}@cluster/base?webhdfs=http://127.0.0.1:${port},${hdfs.standby},${hdfs.nameNode}`,
  );
  await store.write('x', bytes('x'));
  t.equal((await store.info('x'))?.bytes, 1);
  const onlyStandby = await open(`hdfs://${hdfsUser}@cluster/base?webhdfs=${hdfs.standby}`);
  await t.rejects(onlyStandby.info('x'), /not supported in state standby.*StandbyException/);
});

t.test('an HDFS that does not answer yet keeps nobody from starting; one that says no does', async (t) => {
  const hdfs = await startFakeWebHdfs(t);
  const dead = createServer();
  const port = await listenOnFreePort(t, dead);
  await new Promise((resolve) => dead.close(resolve));
  const store = await open(`hdfs://${hdfsUser}@nn/base?webhdfs=http://127.0.0.1:${port}`);
  await t.rejects(store.info('x'), new RegExp(`HDFS: http://127.0.0.1:${port} does not answer: .*ECONNREFUSED`));
  await t.rejects(store.write('x', bytes('x')), /does not answer/);
  await t.rejects(open(`hdfs://stranger@nn:8020/base?webhdfs=${hdfs.nameNode}`), {
    constructor: StartupError,
    message:
      /hdfs:\/\/nn:8020\/base cannot be used as 'stranger': HDFS: Permission denied: user=stranger.*AccessControlException/,
  });
});

t.test('what is not WebHDFS is not taken for it', async (t) => {
  const other = createServer((_request, response) => response.writeHead(404).end('<html>'));
  const port = await listenOnFreePort(t, other);
  await t.rejects(
    open(`hdfs://nn/base?webhdfs=http://127.0.0.1:${port}`),
    /an answer that is not WebHDFS's \(status 404\)/,
  );
});

t.test('names that HDFS does not take', async (t) => {
  const hdfs = await startFakeWebHdfs(t);
  const store = await open(`hdfs://${hdfsUser}@nn/base?webhdfs=${hdfs.nameNode}`);
  await t.rejects(store.write('a:b', bytes('x')), { constructor: ArtifactPathError, message: /Invalid file name/ });
  await t.rejects(store.info('a:b'), ArtifactPathError);
});
