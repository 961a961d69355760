import t from 'tap';
import { createHttpClient } from '../../../src/common/http-client.js';
import { silentLogger } from '../../../src/common/logger.js';
import { uploadsFolder } from '../../../src/scheduler/adapters/artifacts/artifact-path.js';
import { openWebHdfsStore } from '../../../src/scheduler/adapters/artifacts/webhdfs-store.js';
import { parseHdfsUrl } from '../../../src/scheduler/adapters/artifacts/webhdfs-url.js';
import { hdfsUser, startFakeWebHdfs } from '../../support/fake-webhdfs.js';
import { artifactStoreSuite } from './artifact-store-suite.js';

artifactStoreSuite(t, async (t, maxBytes) => {
  const hdfs = await startFakeWebHdfs(t);
  const http = createHttpClient({ timeoutMs: 20_000 });
  t.teardown(() => http.close());
  const base = '/of/the store/';
  const open = (): ReturnType<typeof openWebHdfsStore> =>
    openWebHdfsStore({
      location: parseHdfsUrl(new URL(`hdfs://${hdfsUser}@namenode:8020${base}?webhdfs=${hdfs.nameNode}`)),
      maxBytes,
      http,
      clock: Date.now,
      logger: silentLogger,
    });
  const below = (paths: readonly string[]): string[] =>
    paths.filter((path) => path.startsWith(base)).map((path) => path.slice(base.length));
  return {
    store: await open(),
    open,
    list: async () =>
      [...below(hdfs.files()), ...below(hdfs.directories()).map((path) => `${path}/`)]
        .filter((path) => !path.startsWith(uploadsFolder))
        .sort(),
    uploads: async () =>
      below(hdfs.files())
        .filter((path) => path.startsWith(uploadsFolder))
        .map((path) => path.slice(uploadsFolder.length + 1)),
    leaveUpload: async (name, agoMs) => hdfs.plant(`${base}${uploadsFolder}/${name}`, 'a part', Date.now() - agoMs),
  };
});
