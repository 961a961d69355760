import { childPath } from '../../../zookeeper/paths.js';

/** Where the store keeps what, below the path of `--zk` (docs/decisions/008-zookeeper-store.md). */
export interface StoreLayout {
  /** The path of `--zk`: what is above it belongs to others as well. */
  readonly own: string;
  readonly root: string;
  /** Who may write: `{format, epoch, holder, token}`; changed by nothing but a new holder. */
  readonly fence: string;
  /** `{base}`: the last commit that the pages hold. */
  readonly checkpoint: string;
  /** One node, or several, for each commit after that. */
  readonly journal: string;
  /** All records as of the checkpoint, sorted, many to a node. */
  readonly pages: string;
  /** Values too large to lie beside others. */
  readonly blobs: string;
}

export function storeLayout(path: string): StoreLayout {
  const root = childPath(path, 'ekiden');
  return {
    own: path,
    root,
    fence: childPath(root, 'fence'),
    checkpoint: childPath(root, 'checkpoint'),
    journal: childPath(root, 'journal'),
    pages: childPath(root, 'pages'),
    blobs: childPath(root, 'blobs'),
  };
}

/** Of the data of one node. ZooKeeper's own limit is 1 MB, and it is happiest with far less. */
export const maxNodeBytes = 90_000;
/** Of the data in one multi: the servers refuse requests above 1 MB. */
export const maxMultiBytes = 400_000;
/** Each has a path and rights beside its data. */
export const maxMultiOperations = 500;
/** Values above that become blobs, so that a page is never more than a few records too large. */
export const maxInlineBytes = 32_000;
/** Of a key, as JSON in UTF-8: a page's node begins with one. */
export const maxKeyBytes = 16_384;

/** What a page is cut into when it has grown above `maxPageBytes`, before compression. */
export const targetPageBytes = 40_000;
export const maxPageBytes = 64_000;
/** A page below that is joined with the one before it, where both fit into one of `targetPageBytes`. */
export const minPageBytes = 8_000;

/** One part of a commit; its name tells its place. */
export interface JournalName {
  /** Of the commit: counts up by one. */
  readonly sequence: number;
  /** From 0. */
  readonly part: number;
  /** Of the whole commit; it holds when all of them are there. */
  readonly parts: number;
}

const pad = (number: number, digits: number): string => String(number).padStart(digits, '0');

export function formatJournalName({ sequence, part, parts }: JournalName): string {
  return `${pad(sequence, 12)}-${pad(part, 5)}-${pad(parts, 5)}`;
}

export function parseJournalName(name: string): JournalName | undefined {
  const match = /^(\d{12,})-(\d{5,})-(\d{5,})$/.exec(name);
  if (match === null) return undefined;
  return { sequence: Number(match[1]), part: Number(match[2]), parts: Number(match[3]) };
}
