import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { uploadsFolder } from '../../../src/scheduler/adapters/artifacts/artifact-path.js';
import { openFileStore } from '../../../src/scheduler/adapters/artifacts/file-store.js';
import { artifactStoreSuite } from './artifact-store-suite.js';

artifactStoreSuite(t, async (t, maxBytes) => {
  const parent = await mkdtemp(join(tmpdir(), 'ekiden-artifacts-'));
  t.teardown(() => rm(parent, { recursive: true, force: true }));
  const directory = join(parent, 'made', 'by', 'open');
  const uploads = join(directory, uploadsFolder);
  const open = (): ReturnType<typeof openFileStore> =>
    openFileStore({ directory, maxBytes, baseUrl: undefined, clock: Date.now, logger: silentLogger });
  return {
    store: await open(),
    open,
    async list() {
      const entries = await readdir(directory, { recursive: true, withFileTypes: true });
      return entries
        .map((entry) =>
          `${entry.parentPath}/${entry.name}${entry.isDirectory() ? '/' : ''}`.slice(directory.length + 1),
        )
        .filter((path) => !path.startsWith(uploadsFolder))
        .sort();
    },
    uploads: async () => (await readdir(uploads)).sort(),
    async leaveUpload(name, agoMs) {
      await mkdir(uploads, { recursive: true });
      await writeFile(join(uploads, name), 'a part');
      const at = new Date(Date.now() - agoMs);
      await utimes(join(uploads, name), at, at);
    },
  };
});
