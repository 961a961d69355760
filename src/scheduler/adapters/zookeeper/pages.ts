import type { Compression } from './body.js';
import { decodeBody, encodeBody } from './body.js';
import { maxPageBytes, targetPageBytes } from './layout.js';
import type { StoredRecord } from './records.js';
import { formatRecord } from './records.js';

/** A node with all records from `low` up to the page that follows. */
export interface Page {
  /** Name of the node; '' while there is none. */
  readonly id: string;
  /** Not above any key of the page; '' for the first page. */
  readonly low: string;
  /** As in the node: compressed, if it is worth it. */
  readonly body: Buffer;
  /** Before compression. */
  readonly bytes: number;
}

/** All pages, by their `low`; the first one begins with ''. */
export type PageTable = readonly Page[];

/** Of a store without records. */
export const emptyTable: PageTable = [{ id: '', low: '', body: Buffer.from([0]), bytes: 0 }];

/** Index of the page that a key belongs to. */
export function pageIndexOf(table: PageTable, key: string): number {
  let low = 0;
  let high = table.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((table[middle] as Page).low <= key) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The data of a page's node: the length of `low` as JSON in two bytes, that, the body. */
export function formatPage({ low, body }: Page): Buffer {
  const head = Buffer.from(JSON.stringify(low));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(head.length);
  return Buffer.concat([length, head, body]);
}

export async function parsePage(id: string, data: Buffer): Promise<Page> {
  const headEnd = 2 + data.readUInt16BE(0);
  const low = JSON.parse(data.subarray(2, headEnd).toString()) as string;
  const body = data.subarray(headEnd);
  return { id, low, body, bytes: Buffer.byteLength(await decodeBody(body)) };
}

/**
 * The pages for sorted records that begin at `low`: one while they fit into one, else as many as are needed; at least one. The
 * first one is called `id`, the others as `nextId` says.
 */
export async function pagesOf(
  records: readonly StoredRecord[],
  page: { readonly id: string; readonly low: string },
  options: { readonly compression: Compression; readonly nextId: () => string },
): Promise<Page[]> {
  const lines = records.map((record) => formatRecord(record));
  const sizes = lines.map((line) => Buffer.byteLength(line));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const limit = total > maxPageBytes ? targetPageBytes : maxPageBytes;
  const pages: Page[] = [];
  let start = 0;
  let bytes = 0;
  const finish = async (end: number): Promise<void> => {
    const body = await encodeBody(lines.slice(start, end).join(''), options.compression);
    const isFirst = pages.length === 0;
    pages.push({
      id: isFirst && page.id !== '' ? page.id : options.nextId(),
      low: isFirst ? page.low : (records[start]?.[0] ?? page.low),
      body,
      bytes,
    });
    start = end;
    bytes = 0;
  };
  for (const [index, size] of sizes.entries()) {
    if (bytes > 0 && bytes + size > limit) await finish(index);
    bytes += size;
  }
  await finish(lines.length);
  return pages;
}
