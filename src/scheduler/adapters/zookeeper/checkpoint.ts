import { setImmediate } from 'node:timers/promises';
import type { MultiOperation } from '../../../zookeeper/requests.js';
import { childPath } from '../../../zookeeper/paths.js';
import type { Compression } from './body.js';
import { decodeBody } from './body.js';
import type { StoreLayout } from './layout.js';
import { maxMultiBytes, maxMultiOperations, minPageBytes, targetPageBytes } from './layout.js';
import type { Page, PageTable } from './pages.js';
import { formatPage, pageIndexOf, pagesOf } from './pages.js';
import type { StoredRecord } from './records.js';
import { mergeRecords, parseRecords } from './records.js';

/** Changes of one page that are taken at once: what they make of it must fit into one multi, even where nothing can be compressed. */
const maxChangeBytes = 150_000;
/** So that one multi with the pages gathered before and all that one page may become stays below the servers' limit. */
const flushBytes = maxMultiBytes / 2;

/** Nodes to be made, changed and removed at once, and the table of the pages as it is then. */
export interface PageStep {
  readonly operations: readonly MultiOperation[];
  readonly table: PageTable;
}

/** The first of the changes from `from` on that all belong to the page, up to a number of bytes; at least one. */
function changesFor(
  changes: readonly StoredRecord[],
  from: number,
  nextLow: string | undefined,
): readonly StoredRecord[] {
  let end = from;
  let bytes = 0;
  for (let change = changes[end]; change !== undefined; change = changes[end]) {
    if (nextLow !== undefined && change[0] >= nextLow) break;
    bytes += 3 * (change[0].length + (change[1]?.length ?? 0));
    if (end > from && bytes > maxChangeBytes) break;
    end++;
  }
  return changes.slice(from, end);
}

/**
 * Brings sorted changes into the pages, page by page, in steps that each leave every record that was not changed in exactly one
 * page. A page that grows too large is divided, one that becomes small is joined with the one before it. `freed` hears of every
 * value that is no longer in the pages.
 */
export async function* pageSteps(
  table: PageTable,
  changes: readonly StoredRecord[],
  options: {
    readonly layout: StoreLayout;
    readonly compression: Compression;
    readonly nextId: () => string;
    readonly freed: (stored: string) => void;
  },
): AsyncGenerator<PageStep> {
  const { layout, compression, nextId, freed } = options;
  /** Names of the nodes that are there before the step that is being gathered. */
  const stored = new Set(table.map(({ id }) => id).filter((id) => id !== ''));
  let present = table;
  /** By name; undefined: to be removed. */
  let touched = new Map<string, Page | undefined>();

  function step(): PageStep {
    const operations: MultiOperation[] = [];
    for (const [id, page] of touched) {
      const path = childPath(layout.pages, id);
      if (page === undefined) {
        if (stored.delete(id)) operations.push({ type: 'remove', path });
      } else if (stored.has(id)) {
        operations.push({ type: 'set', path, data: formatPage(page) });
      } else {
        operations.push({ type: 'create', path, data: formatPage(page) });
        stored.add(id);
      }
    }
    touched = new Map();
    return { operations, table: present };
  }

  function replace(index: number, count: number, pages: readonly Page[]): void {
    for (const page of present.slice(index, index + count)) if (page.id !== '') touched.set(page.id, undefined);
    for (const page of pages) touched.set(page.id, page);
    present = present.toSpliced(index, count, ...pages);
  }

  const isLarge = (): boolean => {
    let bytes = 0;
    for (const page of touched.values()) bytes += page === undefined ? 0 : page.body.length + page.low.length;
    return bytes > flushBytes || touched.size > maxMultiOperations / 2;
  };

  const recordsOf = async (page: Page): Promise<StoredRecord[]> => parseRecords(await decodeBody(page.body));

  for (let from = 0; from < changes.length;) {
    const index = pageIndexOf(present, changes[from]?.[0] ?? '');
    const page = present[index] as Page;
    const taken = changesFor(changes, from, present[index + 1]?.low);
    from += taken.length;
    const records = mergeRecords(await recordsOf(page), taken, freed);
    const before = present[index - 1];
    if (before !== undefined && records.length === 0) {
      replace(index, 1, []);
    } else {
      const pages = await pagesOf(records, page, { compression, nextId });
      const [only] = pages;
      const isSmall = only !== undefined && pages.length === 1 && only.bytes < minPageBytes;
      if (isSmall && before !== undefined && before.bytes + only.bytes <= targetPageBytes) {
        const joined = [...(await recordsOf(before)), ...records];
        replace(index - 1, 2, await pagesOf(joined, before, { compression, nextId }));
      } else {
        replace(index, 1, pages);
      }
    }
    if (isLarge()) yield step();
    await setImmediate(); // others may work between two pages
  }
  if (touched.size > 0) yield step();
}
