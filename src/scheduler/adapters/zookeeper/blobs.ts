import { createLimiter } from '../../../common/concurrency.js';
import type { ZooKeeperClient } from '../../../zookeeper/client.js';
import { zooKeeperCodeOf } from '../../../zookeeper/errors.js';
import { childPath } from '../../../zookeeper/paths.js';
import type { MultiOperation } from '../../../zookeeper/requests.js';
import type { Compression } from './body.js';
import { cut, decodeBody, encodeBody } from './body.js';
import type { StoreLayout } from './layout.js';
import { maxNodeBytes } from './layout.js';
import type { Stored } from './records.js';

/** At most so many nodes are read at once. */
const concurrency = 32;

/** Where a large value lies: in nodes `<id>-0` … `<id>-<parts - 1>`, which are never changed. */
export interface BlobReference {
  readonly id: string;
  readonly parts: number;
}

export function formatBlobReference({ id, parts }: BlobReference): string {
  return `@${id}.${parts}`;
}

/** Undefined for a value that lies where it is. */
export function blobReferenceOf(stored: Stored): BlobReference | undefined {
  const match = stored === undefined ? null : /^@([\w-]+)\.(\d+)$/.exec(stored);
  return match === null ? undefined : { id: match[1] ?? '', parts: Number(match[2]) };
}

export function blobNames({ id, parts }: BlobReference): string[] {
  return Array.from({ length: parts }, (_, part) => `${id}-${part}`);
}

/** The nodes for a value, and how it is referred to. */
export async function blobOf(
  id: string,
  text: string,
  options: { readonly layout: StoreLayout; readonly compression: Compression },
): Promise<{ readonly reference: string; readonly operations: readonly MultiOperation[] }> {
  const parts = cut(await encodeBody(text, options.compression), maxNodeBytes);
  const reference = { id, parts: parts.length };
  const operations = blobNames(reference).map((name, part): MultiOperation => {
    return { type: 'create', path: childPath(options.layout.blobs, name), data: parts[part] ?? Buffer.alloc(0) };
  });
  return { reference: formatBlobReference(reference), operations };
}

/** A value as it lies in its nodes; undefined when it is gone, because its record was changed meanwhile. */
export async function readBlobBody(
  client: ZooKeeperClient,
  layout: StoreLayout,
  reference: BlobReference,
): Promise<Buffer | undefined> {
  const limited = createLimiter(concurrency);
  try {
    const parts = await Promise.all(
      blobNames(reference).map((name) => limited(() => client.get(childPath(layout.blobs, name)))),
    );
    return Buffer.concat(parts.map(({ data }) => data));
  } catch (error) {
    if (zooKeeperCodeOf(error) === 'NO_NODE') return undefined;
    throw error;
  }
}

/** The text of a value; undefined when it is gone. */
export async function readBlob(
  client: ZooKeeperClient,
  layout: StoreLayout,
  reference: BlobReference,
): Promise<string | undefined> {
  const body = await readBlobBody(client, layout, reference);
  return body === undefined ? undefined : decodeBody(body);
}
