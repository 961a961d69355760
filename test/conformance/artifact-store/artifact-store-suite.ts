import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Test } from 'tap';
import { ArtifactPathError, ArtifactTooLargeError } from '../../../src/scheduler/ports/artifact-store.js';
import type { ArtifactStore } from '../../../src/scheduler/ports/artifact-store.js';

/** A store, and what can be seen of it from outside. */
export interface ArtifactWorld {
  readonly store: ArtifactStore;
  /** Another process opens the same store. */
  readonly open: () => Promise<ArtifactStore>;
  /** The paths of everything in the store, folders with a `/` at the end, sorted; without what belongs to the store itself. */
  readonly list: () => Promise<readonly string[]>;
  /** The names of the files that wait until they are whole. */
  readonly uploads: () => Promise<readonly string[]>;
  /** As a process that died `agoMs` ago leaves it behind. */
  readonly leaveUpload: (name: string, agoMs: number) => Promise<void>;
}

const bytes = (content: string | Buffer): Readable => Readable.from([Buffer.from(content)], { objectMode: false });

async function contentOf(store: ArtifactStore, path: string): Promise<Buffer | undefined> {
  const found = await store.read(path);
  if (found === undefined) return undefined;
  const content = Buffer.concat((await found.content.toArray()) as Buffer[]);
  return content.length === found.info.bytes ? content : Buffer.from(`wrong length ${found.info.bytes}`);
}

const textOf = async (store: ArtifactStore, path: string): Promise<string | undefined> =>
  (await contentOf(store, path))?.toString();

/** Content that ends with an error after its first piece. */
function breaking(error: Error): Readable {
  return Readable.from(
    (async function* () {
      yield Buffer.from('the first piece');
      await Promise.resolve();
      throw error;
    })(),
    { objectMode: false },
  );
}

/** What every ArtifactStore promises (src/scheduler/ports/artifact-store.ts). `make` gives an empty one that takes `maxBytes`. */
export function artifactStoreSuite(t: Test, make: (t: Test, maxBytes: number) => Promise<ArtifactWorld>): void {
  const maxBytes = 4 << 20;

  t.test('what is written is there, for others too, and how large and how old it is', async (t) => {
    const { store, open, list } = await make(t, maxBytes);
    const before = Date.now() - 5_000;
    const large = randomBytes(3 << 20);
    t.same(await store.write('a/b/large.bin', bytes(large)), { created: true });
    t.same(await store.write('empty', bytes('')), { created: true });
    t.ok(large.equals((await contentOf(store, 'a/b/large.bin')) ?? Buffer.alloc(0)));
    t.equal(await textOf(store, 'empty'), '');
    const info = await store.info('a/b/large.bin');
    t.equal(info?.bytes, 3 << 20);
    t.ok((info?.lastModifiedMs ?? 0) > before);
    t.same((await store.info('empty'))?.bytes, 0);
    t.same(await list(), ['a/', 'a/b/', 'a/b/large.bin', 'empty']);
    await store.close();
    t.ok(large.equals((await contentOf(await open(), 'a/b/large.bin')) ?? Buffer.alloc(0)));
  });

  t.test('a second write replaces, and says so', async (t) => {
    const { store, uploads } = await make(t, maxBytes);
    t.same(await store.write('a/x', bytes('one')), { created: true });
    t.same(await store.write('a/x', bytes('two')), { created: false });
    t.equal(await textOf(store, 'a/x'), 'two');
    t.same(await uploads(), []);
  });

  t.test('names may have any characters that are no danger, and none is decoded', async (t) => {
    const { store } = await make(t, maxBytes);
    const paths = ['with space/ü–€.tgz', '%2e%2e', 'a%2fb', '#?&=+;@!$,', '...', '.hidden', "it's", '~', '-rf'];
    for (const path of paths) await store.write(path, bytes(path));
    for (const path of paths) {
      t.equal(await textOf(store, path), path);
      const { pathname, search, hash } = new URL(store.uriOf(path));
      t.ok(decodeURIComponent(pathname).endsWith(`/${path}`), store.uriOf(path));
      t.equal(search + hash, '');
    }
    t.equal(await store.info('a/b'), undefined);
  });

  t.test('what is not there is not there; a folder is not an artifact', async (t) => {
    const { store } = await make(t, maxBytes);
    await store.write('folder/file', bytes('x'));
    for (const path of ['nothing', 'no/folder/either', 'folder', 'folder/file/below']) {
      t.equal(await store.info(path), undefined, path);
      t.equal(await store.read(path), undefined, path);
      t.equal(await store.remove(path), false, path);
    }
    t.equal(await textOf(store, 'folder/file'), 'x');
  });

  t.test('an artifact does not become a folder, nor a folder an artifact', async (t) => {
    const { store, list, uploads } = await make(t, maxBytes);
    await store.write('folder/file', bytes('x'));
    await t.rejects(store.write('folder', bytes('y')), ArtifactPathError);
    await t.rejects(store.write('folder/file/below', bytes('y')), ArtifactPathError);
    await t.rejects(store.write('folder/file/far/below', bytes('y')), ArtifactPathError);
    t.same(await list(), ['folder/', 'folder/file']);
    t.equal(await textOf(store, 'folder/file'), 'x');
    t.same(await uploads(), []);
  });

  t.test('paths that lead elsewhere are refused by every method', async (t) => {
    const { store, list, uploads } = await make(t, maxBytes);
    const paths = [
      ...['', '/', '.', '..', '/etc/passwd', '../x', 'a/../../x', 'a/..', 'a/.', './a', 'a//b', 'a/', '/a'],
      ...['a\\b', '..\\x', 'a\0b', 'a\nb', '\ud800', 'n'.repeat(256), 'a/'.repeat(600) + 'a'],
      ...['.ekiden-uploads', '.ekiden-uploads/x'],
    ];
    for (const path of paths) {
      const name = JSON.stringify(path.slice(0, 30));
      t.throws(() => store.uriOf(path), ArtifactPathError, `uriOf ${name}`);
      await t.rejects(store.info(path), ArtifactPathError, `info ${name}`);
      await t.rejects(store.read(path), ArtifactPathError, `read ${name}`);
      await t.rejects(store.remove(path), ArtifactPathError, `remove ${name}`);
      const content = bytes('x');
      await t.rejects(store.write(path, content), ArtifactPathError, `write ${name}`);
      t.ok(content.destroyed);
    }
    t.same(await list(), []);
    t.same(await uploads(), []);
  });

  t.test('what is too large is not stored, and what was there stays', async (t) => {
    const { store, list, uploads } = await make(t, 1000);
    await store.write('a/x', bytes(Buffer.alloc(1000, 'o')));
    const large = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(600);
      })(),
      { objectMode: false },
    );
    await t.rejects(store.write('a/x', large), {
      name: 'ArtifactTooLargeError',
      message: /1000 bytes.*--artifact_max_bytes/,
    });
    t.ok(large.destroyed);
    await t.rejects(store.write('new/y', bytes(Buffer.alloc(1001))), ArtifactTooLargeError);
    t.equal(await textOf(store, 'a/x'), 'o'.repeat(1000));
    t.same(await list(), ['a/', 'a/x']);
    t.same(await uploads(), []);
  });

  t.test('content that breaks off is not stored', async (t) => {
    const { store, list, uploads } = await make(t, maxBytes);
    await store.write('x', bytes('old'));
    await t.rejects(store.write('x', breaking(new Error('the sender has gone'))), /the sender has gone/);
    const gone = new Readable({ read: () => undefined });
    gone.push('part');
    const write = store.write('y', gone);
    gone.destroy(new Error('connection reset'));
    await t.rejects(write, /connection reset/);
    t.equal(await textOf(store, 'x'), 'old');
    t.same(await list(), ['x']);
    t.same(await uploads(), []);
  });

  t.test('nobody sees a part of an artifact that is being written', async (t) => {
    const { store, list } = await make(t, maxBytes);
    await store.write('x', bytes('old'));
    const slow = new Readable({ read: () => undefined });
    const write = store.write('x', slow);
    slow.push('new, ');
    t.equal(await textOf(store, 'x'), 'old');
    t.same(await list(), ['x']);
    slow.push('and whole');
    slow.push(null);
    t.same(await write, { created: false });
    t.equal(await textOf(store, 'x'), 'new, and whole');
  });

  t.test('of several that write the same at once, each is whole, and one is the first', async (t) => {
    const { store, uploads } = await make(t, maxBytes);
    const contents = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => letter.repeat(200_000));
    const results = await Promise.all(contents.map((content) => store.write('deep/down/x', bytes(content))));
    t.equal(results.filter(({ created }) => created).length, 1);
    t.ok(contents.includes((await textOf(store, 'deep/down/x')) ?? ''));
    t.same(await uploads(), []);
  });

  t.test('removing: the folders that become empty go, too', async (t) => {
    const { store, list } = await make(t, maxBytes);
    await store.write('a/b/c/x', bytes('x'));
    await store.write('a/y', bytes('y'));
    t.equal(await store.remove('a/b/c/x'), true);
    t.equal(await store.remove('a/b/c/x'), false);
    t.equal(await store.read('a/b/c/x'), undefined);
    t.same(await list(), ['a/', 'a/y']);
    t.equal(await store.remove('a/y'), true);
    t.same(await list(), []);
    await store.write('a/b/c/x', bytes('again'));
    t.equal(await textOf(store, 'a/b/c/x'), 'again');
  });

  t.test('writing into a folder while the last of its artifacts is removed', async (t) => {
    const { store } = await make(t, maxBytes);
    for (let round = 0; round < 20; round++) {
      await store.write('f/g/old', bytes('old'));
      await Promise.all([store.write('f/g/new', bytes('new')), store.remove('f/g/old')]);
      t.equal(await textOf(store, 'f/g/new'), 'new');
      await store.remove('f/g/new');
    }
  });

  t.test('what a process left behind that died is removed when the store is opened', async (t) => {
    const { open, leaveUpload, uploads, list } = await make(t, maxBytes);
    await leaveUpload('old', 2 * 3_600_000);
    await leaveUpload('of-another-process', 60_000);
    await open();
    t.same(await uploads(), ['of-another-process']);
    t.same(await list(), []);
  });

  t.test('closing waits for what is being written', async (t) => {
    const { store, uploads } = await make(t, maxBytes);
    const content = new Readable({ read: () => undefined });
    content.push('part');
    const write = store.write('x', content);
    let closed = false;
    const closing = store.close().then(() => (closed = true));
    await store.info('x');
    t.equal(closed, false);
    content.destroy(new Error('the process stops'));
    await t.rejects(write, /the process stops/);
    await closing;
    t.same(await uploads(), []);
  });
}
