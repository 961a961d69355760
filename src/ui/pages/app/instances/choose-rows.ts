import type { InstanceRow } from './instance-row.js';
import { stateText } from './state-text.js';

export const sortKeys = ['id', 'host', 'state', 'health', 'version', 'started'] as const;
export type SortKey = (typeof sortKeys)[number];

/** What of the list is shown, and how it is sorted. Empty texts: all. */
export interface RowChoice {
  readonly text: string;
  readonly state: string;
  readonly health: string;
  readonly sort: SortKey;
  readonly descending: boolean;
}

/** Reads it from the query of the address; the newest are first unless something else is asked for. */
export function choiceOf(query: Readonly<Record<string, string>>): RowChoice {
  const sort = sortKeys.find((key) => key === query['sort']);
  return {
    text: query['q'] ?? '',
    state: query['state'] ?? '',
    health: query['health'] ?? '',
    sort: sort ?? 'started',
    descending: sort === undefined ? true : query['desc'] === 'true',
  };
}

const healthOrder: readonly InstanceRow['health'][] = ['unhealthy', 'unknown', 'healthy', 'unchecked'];

function keyOf(row: InstanceRow, sort: SortKey): string | number {
  switch (sort) {
    case 'id':
      return row.id;
    case 'host':
      return row.host;
    case 'state':
      return row.state;
    case 'health':
      return healthOrder.indexOf(row.health);
    case 'version':
      return row.version ?? '';
    case 'started':
      // What has not begun yet is the newest
      return row.startedAt ?? `~${row.stagedAt ?? ''}`;
  }
}

function has(row: InstanceRow, text: string): boolean {
  const words = [
    row.id,
    row.host,
    row.version ?? '',
    stateText(row.state),
    ...row.ports.map((port) => port.text),
    ...row.addresses,
    ...row.containers.map(({ name }) => name),
  ];
  return words.some((word) => word.toLowerCase().includes(text));
}

/** The rows that are asked for, sorted; those that are alike stay in the order of their ids. */
export function chooseRows(rows: readonly InstanceRow[], choice: RowChoice): readonly InstanceRow[] {
  const text = choice.text.trim().toLowerCase();
  const direction = choice.descending ? -1 : 1;
  return rows
    .filter(
      (row) =>
        (choice.state === '' || row.state === choice.state) &&
        (choice.health === '' || row.health === choice.health) &&
        (text === '' || has(row, text)),
    )
    .map((row) => ({ row, key: keyOf(row, choice.sort) }))
    .sort((a, b) => {
      if (a.key !== b.key) return a.key < b.key ? -direction : direction;
      return a.row.id < b.row.id ? -1 : a.row.id > b.row.id ? 1 : 0;
    })
    .map(({ row }) => row);
}
