import { randomUUID } from 'node:crypto';
import { StartupError } from '../../../common/errors.js';
import type { ZooKeeperClient } from '../../../zookeeper/client.js';
import { ZooKeeperError, zooKeeperCodeOf } from '../../../zookeeper/errors.js';
import { ensurePath } from '../../../zookeeper/paths.js';
import type { MultiOperation } from '../../../zookeeper/requests.js';
import type { StoreLayout } from './layout.js';

/** Another process holds the store, or leads: whatever this one writes is refused, now and for good. */
export class StoreFencedError extends Error {
  override readonly name = 'StoreFencedError';
}

/** Of what lies in the store; a higher one comes from a later Ekiden. */
const format = 1;

/** Processes that open the same store at the same moment; each attempt that fails means that another one succeeded. */
const maxAttempts = 10;

export interface FenceRecord {
  readonly format: number;
  /** How many processes have held the store, this one included. */
  readonly epoch: number;
  /** `host:port`, for people. */
  readonly holder: string;
  /** Tells this holder's own record from others. */
  readonly token: string;
}

/** The right to write. */
export interface Fence {
  /** Higher than that of every process that held the store before. */
  readonly epoch: number;
  /**
   * Applies all operations, or none, exactly once, and only while this process holds the store. The first one must be one that
   * cannot succeed twice: making a node, or setting one of a given version. When a connection breaks before the answer, it is
   * sent again on the next one, and its refusal for having been applied counts as success. Throws StoreFencedError when another
   * process holds the store; any other error means that the outcome is unknown.
   */
  commit(operations: readonly [MultiOperation, ...MultiOperation[]]): Promise<void>;
}

/** Reads the data of `fence`. Throws StartupError for a format that this program does not know. */
export function parseFence(data: Buffer, path: string): FenceRecord {
  const record = JSON.parse(data.toString()) as FenceRecord;
  if (record.format !== format) {
    throw new StartupError(
      `the store at ${path} has format ${record.format}, this Ekiden knows ${format}: start the Ekiden that wrote it, or a later one`,
    );
  }
  return record;
}

/** The present record and its version; makes one where there is none. */
async function readFence(
  client: ZooKeeperClient,
  layout: StoreLayout,
): Promise<{ readonly record: FenceRecord; readonly version: number }> {
  if ((await client.exists(layout.fence)) === undefined) {
    const none: FenceRecord = { format, epoch: 0, holder: '', token: '' };
    await client.create(layout.fence, Buffer.from(JSON.stringify(none))).catch((error: unknown) => {
      const code = zooKeeperCodeOf(error);
      if (code !== 'NODE_EXISTS' && code !== 'CONNECTION_LOSS') throw error;
    });
  }
  const { data, stat } = await client.get(layout.fence);
  return { record: parseFence(data, layout.root), version: stat.version };
}

/**
 * Takes the store: from then on no process that held it before can write. What they wrote before is seen by what this client reads
 * after. `candidate` is the node by which this process takes part in the election: it must be there, now and at every commit. A
 * commit whose outcome is unknown is tried for `retryMs`. Throws StoreFencedError when the candidate is gone.
 */
export async function takeFence(options: {
  readonly client: ZooKeeperClient;
  readonly layout: StoreLayout;
  readonly candidate?: string;
  readonly holder: string;
  readonly retryMs: number;
}): Promise<Fence> {
  const { client, layout, candidate, holder, retryMs } = options;
  const candidateCheck: MultiOperation[] = candidate === undefined ? [] : [{ type: 'check', path: candidate }];
  const token = randomUUID();

  async function take(): Promise<{ epoch: number; version: number }> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const { record, version } = await readFence(client, layout);
      if (record.token === token) return { epoch: record.epoch, version };
      const mine: FenceRecord = { format, epoch: record.epoch + 1, holder, token };
      const data = Buffer.from(JSON.stringify(mine));
      try {
        await client.multi([...candidateCheck, { type: 'set', path: layout.fence, data, version }]);
        return { epoch: mine.epoch, version: version + 1 };
      } catch (error) {
        if (!(error instanceof ZooKeeperError)) throw error;
        if (error.operation !== undefined && error.operation < candidateCheck.length) {
          throw new StoreFencedError('this process is no longer a candidate for leadership', { cause: error });
        }
        // Another one was faster, or the answer is missing: the next look tells.
        if (error.code !== 'BAD_VERSION' && error.code !== 'CONNECTION_LOSS') throw error;
      }
    }
    throw new StoreFencedError(`${maxAttempts} other processes have taken the store at ${layout.root} meanwhile`);
  }

  await ensurePath(client, layout.root, layout.own);
  const { epoch, version } = await take();
  const checks: readonly MultiOperation[] = [{ type: 'check', path: layout.fence, version }, ...candidateCheck];

  return {
    epoch,
    async commit(operations) {
      const endMs = performance.now() + retryMs;
      let maybeApplied = false;
      for (;;) {
        try {
          await client.multi([...checks, ...operations]);
          return;
        } catch (error) {
          if (!(error instanceof ZooKeeperError)) throw error;
          if (error.operation !== undefined && error.operation < checks.length) {
            const why = error.operation === 0 ? 'another process has taken the store' : 'its candidacy is over';
            throw new StoreFencedError(`this process may not write any more: ${why}`, { cause: error });
          }
          const repeated = error.code === 'NODE_EXISTS' || error.code === 'BAD_VERSION';
          if (maybeApplied && repeated && error.operation === checks.length) return;
          const leftMs = endMs - performance.now();
          if (error.code !== 'CONNECTION_LOSS' || leftMs <= 0) throw error;
          maybeApplied ||= error.maybeApplied;
          // What was being written says more than that there is no connection
          await client.connected(leftMs).catch(() => {
            throw error;
          });
        }
      }
    },
  };
}

/** Divides operations, in order, into multis that stay within the limits; at least one operation each. */
export function multisOf<Operation extends MultiOperation>(
  operations: readonly Operation[],
  limits: { readonly bytes: number; readonly operations: number },
): [Operation, ...Operation[]][] {
  const multis: [Operation, ...Operation[]][] = [];
  let bytes = 0;
  for (const operation of operations) {
    const size = 'data' in operation ? operation.data.length : 0;
    const last = multis.at(-1);
    if (last === undefined || bytes + size > limits.bytes || last.length >= limits.operations) {
      multis.push([operation]);
      bytes = size;
    } else {
      last.push(operation);
      bytes += size;
    }
  }
  return multis;
}
