import { ClassicLevel } from 'classic-level';
import { mkdir } from 'node:fs/promises';
import { messageOf, StartupError } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';
import type { StoreOperation } from '../../core/effects.js';
import type { Store } from '../../ports/store.js';
import { StoreLockedError } from '../../ports/store.js';
import { decodeKey, encodeKey } from './key.js';
import { createWriteQueue } from '../../../common/write-queue.js';

type Database = ClassicLevel<Buffer, string>;
type LevelOperation =
  | { readonly type: 'put'; readonly key: Buffer; readonly value: string }
  | { readonly type: 'del'; readonly key: Buffer };

/** LevelDB keeps a whole batch in memory and in one log record: bounded, so that a long queue does not become one huge batch. */
const maxBatchBytes = 4 << 20;

/** The code of LevelDB's own error, which abstract-level hides behind "Database failed to open". */
function levelCodeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' ? cause.code : undefined;
}

function levelMessageOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
}

async function openOnce(directory: string): Promise<Database> {
  const database = new ClassicLevel<Buffer, string>(directory, { keyEncoding: 'buffer', valueEncoding: 'utf8' });
  await database.open();
  return database;
}

async function openOrRepair(directory: string, logger: Logger): Promise<Database> {
  try {
    return await openOnce(directory);
  } catch (error) {
    if (levelCodeOf(error) !== 'LEVEL_CORRUPTION') throw error;
    logger.warn({ directory, reason: levelMessageOf(error) }, 'the store is damaged and is being repaired');
    await ClassicLevel.repair(directory);
    const database = await openOnce(directory);
    logger.warn({ directory }, 'the store was repaired: the last changes before the damage may be missing');
    return database;
  }
}

function levelOperationOf({ key, value }: StoreOperation): LevelOperation {
  if (key === '' || key.includes('\0')) throw new TypeError(`not a key: ${JSON.stringify(key)}`);
  return value === undefined
    ? { type: 'del', key: encodeKey(key) }
    : { type: 'put', key: encodeKey(key), value: JSON.stringify(value) };
}

const sizeOf = (operation: LevelOperation): number =>
  operation.key.length + (operation.type === 'put' ? operation.value.length : 0);

/**
 * Opens (and makes, where it is absent) the store that lives in `directory` on this machine. Every write is synced to the
 * disk before it resolves. A damaged store is repaired once. Throws StoreLockedError when another process has it open, and
 * StartupError when it cannot be opened for another reason.
 */
export async function openEmbeddedStore(directory: string, logger: Logger): Promise<Store> {
  let database: Database;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    database = await openOrRepair(directory, logger);
  } catch (error) {
    if (levelCodeOf(error) === 'LEVEL_LOCKED') {
      throw new StoreLockedError(
        `another process has the store in ${directory} open: stop the scheduler that uses it, or give this one its own --work_dir`,
        { cause: error },
      );
    }
    throw new StartupError(`the store in ${directory} cannot be opened: ${levelMessageOf(error)}`, { cause: error });
  }

  const queue = createWriteQueue<LevelOperation>({
    // abstract-level takes the array as its own and wants it mutable
    commit: (operations) => database.batch([...operations], { sync: true }),
    maxBatchSize: maxBatchBytes,
  });
  let closing: Promise<void> | undefined;
  let bytesWritten = 0;

  return {
    get bytesWritten() {
      return bytesWritten;
    },

    async get(key) {
      const text = await database.get(encodeKey(key));
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },

    async *list(prefix) {
      for await (const [bytes, text] of database.iterator({ gte: encodeKey(prefix) })) {
        const key = decodeKey(bytes);
        if (!key.startsWith(prefix)) return;
        yield [key, JSON.parse(text) as unknown];
      }
    },

    async write(operations) {
      if (closing !== undefined) throw new Error(`the store in ${directory} is closed`);
      const pending = operations.map(levelOperationOf);
      const size = pending.reduce((sum, o) => sum + sizeOf(o), 0);
      await queue.write({ operations: pending, size });
      bytesWritten += size;
    },

    close() {
      closing ??= queue.idle().then(() => database.close());
      return closing;
    },
  };
}
