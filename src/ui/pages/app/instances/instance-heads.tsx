import { setQuery } from '../../../router/place.js';
import type { RowChoice, SortKey } from './choose-rows.js';
import type { columns } from './instance-cells.js';

function SortButton({
  choice,
  sort,
  label,
}: {
  readonly choice: RowChoice;
  readonly sort: SortKey;
  readonly label: string;
}) {
  const isCurrent = choice.sort === sort;
  return (
    <button
      type="button"
      class="instance-sort"
      onClick={() => setQuery({ sort, desc: isCurrent && !choice.descending ? 'true' : undefined })}
    >
      {label}
      <span aria-hidden="true">{isCurrent ? (choice.descending ? ' ↓' : ' ↑') : ''}</span>
    </button>
  );
}

/** How a column is sorted, for those who hear the list. */
export function ariaSort(choice: RowChoice, sort: SortKey | undefined): 'ascending' | 'descending' | undefined {
  if (sort === undefined || sort !== choice.sort) return undefined;
  return choice.descending ? 'descending' : 'ascending';
}

/** The head of a column; where the list can be sorted by it, a button. */
export function HeadText({
  choice,
  column: { key, label, sort },
  kind,
}: {
  readonly choice: RowChoice;
  readonly column: (typeof columns)[number];
  readonly kind: 'app' | 'pod';
}) {
  if (sort !== undefined) return <SortButton choice={choice} sort={sort} label={label} />;
  if (key === 'menu') return <span class="hidden-text">{label}</span>;
  return <>{key === 'links' && kind === 'pod' ? 'Containers' : label}</>;
}
