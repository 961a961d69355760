import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { openEmbeddedStore } from '../../../src/scheduler/adapters/embedded/embedded-store.js';
import type { Store } from '../../../src/scheduler/ports/store.js';
import { storeSuite } from './store-suite.js';

const directories = new WeakMap<Store, string>();
async function openIn(directory: string): Promise<Store> {
  const store = await openEmbeddedStore(directory, silentLogger);
  directories.set(store, directory);
  return store;
}

storeSuite(t, {
  async open(t) {
    const directory = await mkdtemp(join(tmpdir(), 'ekiden-store-'));
    t.teardown(() => rm(directory, { recursive: true, force: true }));
    return openIn(join(directory, 'made', 'by', 'open'));
  },
  reopen: (store) => openIn(directories.get(store) ?? ''),
});
