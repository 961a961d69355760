import type { AppStatus } from '../../api/overview.js';
import { healthWords } from './app-facts.js';
import type { HealthWord } from './app-facts.js';

/** From what most needs somebody to what needs nobody. */
export const statuses: readonly AppStatus[] = ['Delayed', 'Waiting', 'Deploying', 'Running', 'Suspended'];

export const columns = ['name', 'cpus', 'mem', 'status', 'instances', 'health'] as const;
export type Column = (typeof columns)[number];

export interface Sorting {
  readonly column: Column;
  readonly isDescending: boolean;
}

/** A label that is asked for; without a value: whatever its value is. */
export interface LabelWish {
  readonly key: string;
  readonly value?: string;
}

/** What is shown: of each list any one, all lists together; an empty one asks for nothing. */
export interface Filter {
  readonly statuses: readonly AppStatus[];
  readonly health: readonly HealthWord[];
  /** Of the same key any value, of different keys all. */
  readonly labels: readonly LabelWish[];
  /** Words that must all be found. */
  readonly search: string;
}

export type Query = Readonly<Record<string, string | undefined>>;

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').filter((part) => part !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Typed by hand, with a lone %
    return text;
  }
}

function wishOf(text: string): LabelWish {
  const at = text.indexOf('=');
  return at < 0 ? { key: decoded(text) } : { key: decoded(text.slice(0, at)), value: decoded(text.slice(at + 1)) };
}

/** How a label is written in the address; no two are written the same. */
export function wishText({ key, value }: LabelWish): string {
  const name = encodeURIComponent(key);
  return value === undefined ? name : `${name}=${encodeURIComponent(value)}`;
}

/** The filter that the query of an address asks for; what is not understood asks for nothing. */
export function readFilter(query: Query): Filter {
  const asked = listOf(query['status']);
  const health = listOf(query['health']);
  return {
    statuses: statuses.filter((status) => asked.includes(status)),
    health: healthWords.filter((word) => health.includes(word)),
    labels: listOf(query['label']).map(wishOf),
    search: query['q'] ?? '',
  };
}

/** What is to be set in the query for a filter. */
export function filterQuery(change: Partial<Filter>): Query {
  return {
    ...(change.statuses === undefined ? {} : { status: change.statuses.join(',') }),
    ...(change.health === undefined ? {} : { health: change.health.join(',') }),
    ...(change.labels === undefined ? {} : { label: change.labels.map(wishText).join(',') }),
    ...(change.search === undefined ? {} : { q: change.search }),
  };
}

export const noFilter: Filter = { statuses: [], health: [], labels: [], search: '' };

/** How many things a filter asks for. */
export function wishCount({ statuses: wanted, health, labels, search }: Filter): number {
  return wanted.length + health.length + labels.length + (search.trim() === '' ? 0 : 1);
}

/** What a column shows first when it is chosen: names from A, the rest from what is most, or needs somebody most. */
const beginsDescending: Readonly<Record<Column, boolean>> = {
  name: false,
  cpus: true,
  mem: true,
  status: false,
  instances: true,
  health: false,
};

/** `cpus`, or `-cpus` for the other way round. */
export function readSorting(query: Query): Sorting {
  const text = query['sort'] ?? '';
  const column = columns.find((name) => name === text.replace(/^-/, ''));
  return column === undefined
    ? { column: 'name', isDescending: false }
    : { column, isDescending: text.startsWith('-') };
}

/** What is to be set in the query when a column is chosen; the one that is chosen already is turned round. */
export function sortingQuery(column: Column, now: Sorting): Query {
  const isDescending = now.column === column ? !now.isDescending : beginsDescending[column];
  const text = `${isDescending ? '-' : ''}${column}`;
  return { sort: text === 'name' ? undefined : text };
}

/** Adds or takes away. */
export function toggled<T>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}

/** Adds or takes away a label. */
export function toggledLabel(labels: readonly LabelWish[], wish: LabelWish): readonly LabelWish[] {
  const text = wishText(wish);
  const others = labels.filter((other) => wishText(other) !== text);
  return others.length < labels.length ? others : [...labels, wish];
}
