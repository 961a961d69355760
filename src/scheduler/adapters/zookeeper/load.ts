import { createLimiter } from '../../../common/concurrency.js';
import { StartupError } from '../../../common/errors.js';
import type { ZooKeeperClient } from '../../../zookeeper/client.js';
import { childPath } from '../../../zookeeper/paths.js';
import { blobNames, blobReferenceOf } from './blobs.js';
import { decodeBody } from './body.js';
import type { JournalName, StoreLayout } from './layout.js';
import { formatJournalName, parseJournalName } from './layout.js';
import type { Page, PageTable } from './pages.js';
import { emptyTable, parsePage } from './pages.js';
import type { Stored } from './records.js';
import { parseRecords } from './records.js';

/** What lies in ZooKeeper, as found by a process that has taken the fence. */
export interface Loaded {
  readonly table: PageTable;
  /** What the journal says of keys, over the pages. */
  readonly changes: Map<string, Stored>;
  /** Names of the journal's nodes that hold, oldest first. */
  readonly journal: readonly string[];
  /** Size of their data. */
  readonly journalBytes: number;
  /** The last commit that the pages hold. */
  readonly base: number;
  /** Of the last commit. */
  readonly sequence: number;
  readonly checkpointVersion: number;
  /** Nodes that nothing refers to: halves of commits that never came about, and what a checkpoint left behind. */
  readonly garbage: readonly string[];
}

/** Reads the data of a node. */
export type Read = (path: string) => Promise<Buffer>;

/** The pages that are called `names`. */
export function readPages(names: readonly string[], layout: StoreLayout, read: Read): Promise<Page[]> {
  return Promise.all(names.map(async (id) => parsePage(id, await read(childPath(layout.pages, id)))));
}

/** All pages of a store in their order. Throws StartupError when the first one is not among them. */
export function tableOf(pages: readonly Page[], layout: StoreLayout): PageTable {
  if (pages.length === 0) return emptyTable;
  const table = [...pages].sort((a, b) => (a.low < b.low ? -1 : 1));
  if (table[0]?.low !== '') throw new StartupError(`the store at ${layout.root} is damaged: its first page is missing`);
  return table;
}

/** The nodes of the journal by commit, oldest first; those that are not of it are `strange`. */
function commitsOf(names: readonly string[]): { commits: JournalName[][]; strange: string[] } {
  const bySequence = new Map<number, JournalName[]>();
  const strange: string[] = [];
  for (const text of names) {
    const name = parseJournalName(text);
    if (name === undefined) strange.push(text);
    else bySequence.set(name.sequence, [...(bySequence.get(name.sequence) ?? []), name]);
  }
  const commits = [...bySequence.values()].map((parts) => parts.sort((a, b) => a.part - b.part));
  commits.sort((a, b) => (a[0]?.sequence ?? 0) - (b[0]?.sequence ?? 0));
  return { commits, strange };
}

/** What the journal holds over the pages. */
export interface HeldCommits {
  /** The nodes of each commit that holds, oldest first. */
  readonly held: readonly (readonly JournalName[])[];
  /** Of the last one. */
  readonly sequence: number;
  /** Nodes that are no part of any: paths. */
  readonly garbage: readonly string[];
}

/**
 * Of the nodes `names` in the journal, the commits after `base`. One that is not whole is left out: nobody was told that it holds. Throws
 * StartupError when one is missing between others.
 */
export function heldCommits(names: readonly string[], base: number, layout: StoreLayout): HeldCommits {
  const { commits, strange } = commitsOf(names);
  const garbage = strange.map((name) => childPath(layout.journal, name));
  const held: JournalName[][] = [];
  let sequence = base;
  for (const [index, parts] of commits.entries()) {
    const [first] = parts;
    if (first === undefined || first.sequence <= base) {
      garbage.push(...parts.map((name) => journalPath(layout, name)));
      continue;
    }
    const isWhole = parts.length === first.parts && first.sequence === sequence + 1;
    if (isWhole) {
      sequence = first.sequence;
      held.push(parts);
    } else if (index === commits.length - 1 && first.sequence === sequence + 1) {
      garbage.push(...parts.map((name) => journalPath(layout, name)));
    } else {
      throw new StartupError(
        `the store at ${layout.root} is damaged: commit ${sequence + 1} is missing in its journal`,
      );
    }
  }
  return { held, sequence, garbage };
}

/** What commits say of keys, the last one of each, and the size of their data. */
export async function readCommits(
  held: HeldCommits['held'],
  layout: StoreLayout,
  read: Read,
): Promise<{ readonly changes: Map<string, Stored>; readonly bytes: number }> {
  const changes = new Map<string, Stored>();
  let bytes = 0;
  const bodies = await Promise.all(
    held.map((parts) => Promise.all(parts.map((name) => read(journalPath(layout, name))))),
  );
  for (const parts of bodies) {
    const body = Buffer.concat(parts);
    bytes += body.length;
    for (const [key, stored] of parseRecords(await decodeBody(body))) changes.set(key, stored);
  }
  return { changes, bytes };
}

function journalPath(layout: StoreLayout, name: JournalName): string {
  return childPath(layout.journal, formatJournalName(name));
}

/** Blobs that no record refers to. */
async function orphansOf(
  client: ZooKeeperClient,
  layout: StoreLayout,
  table: PageTable,
  changes: ReadonlyMap<string, Stored>,
): Promise<string[]> {
  const orphans = new Set(await client.children(layout.blobs));
  if (orphans.size === 0) return [];
  const keep = (stored: Stored): void => {
    const reference = blobReferenceOf(stored);
    if (reference !== undefined) for (const name of blobNames(reference)) orphans.delete(name);
  };
  for (const page of table) {
    const text = await decodeBody(page.body);
    if (!text.includes('\t@')) continue;
    for (const [key, stored] of parseRecords(text)) if (!changes.has(key)) keep(stored);
  }
  for (const stored of changes.values()) keep(stored);
  return [...orphans];
}

/**
 * Reads the store: its pages, and the commits that are not in them yet. A commit that is not whole is left out: nobody was told that
 * it holds. Throws StartupError when something is missing that must be there.
 */
export async function loadStore(
  client: ZooKeeperClient,
  layout: StoreLayout,
  options: { readonly concurrency: number },
): Promise<Loaded> {
  const limited = createLimiter(options.concurrency);
  const read: Read = (path) => limited(async () => (await client.get(path)).data);
  const { data, stat } = await client.get(layout.checkpoint);
  const { base } = JSON.parse(data.toString()) as { base: number };
  const [pages, names] = await Promise.all([
    client.children(layout.pages).then((ids) => readPages(ids, layout, read)),
    client.children(layout.journal),
  ]);
  const table = tableOf(pages, layout);
  const { held, sequence, garbage } = heldCommits(names, base, layout);
  const { changes, bytes } = await readCommits(held, layout, read);
  const orphans = await orphansOf(client, layout, table, changes);
  return {
    table,
    changes,
    journal: held.flat().map(formatJournalName),
    journalBytes: bytes,
    base,
    sequence,
    checkpointVersion: stat.version,
    garbage: [...garbage, ...orphans.map((name) => childPath(layout.blobs, name))],
  };
}
