import { setQuery } from '../../router/place.js';
import { sorting } from './list-model.js';
import { columns, sortingQuery } from './list-query.js';
import type { Column } from './list-query.js';

const names: Readonly<Record<Column, string>> = {
  name: 'Name',
  cpus: 'CPU',
  mem: 'Memory',
  status: 'Status',
  instances: 'Instances',
  health: 'Health',
};
const titles: Readonly<Partial<Record<Column, string>>> = {
  cpus: 'Of all wanted instances together',
  mem: 'Of all wanted instances together',
  instances: 'Running of wanted ones; sorted by the wanted ones',
};

/** The names of the columns; each sorts by it. */
export function ListHead() {
  const { column, isDescending } = sorting.value;
  return (
    <>
      {columns.map((own) => {
        const isChosen = own === column;
        return (
          <div
            key={own}
            role="columnheader"
            class={`apps-${own}`}
            aria-sort={isChosen ? (isDescending ? 'descending' : 'ascending') : 'none'}
          >
            <button
              type="button"
              class="apps-sorter"
              title={titles[own]}
              onClick={() => setQuery(sortingQuery(own, sorting.peek()))}
            >
              {names[own]}
              <span aria-hidden="true" class="apps-sort-way">
                {isChosen ? (isDescending ? '↓' : '↑') : ''}
              </span>
            </button>
          </div>
        );
      })}
      <div role="columnheader" class="apps-menu">
        <span class="hidden-text">Actions</span>
      </div>
    </>
  );
}

/** The same choice where there is no room for columns. */
export function SortChoice() {
  const { column, isDescending } = sorting.value;
  return (
    <span class="apps-sort">
      <label>
        <span class="hidden-text">Sort by</span>
        <select
          value={column}
          onChange={({ currentTarget: { value } }) => {
            const chosen = columns.find((name) => name === value);
            if (chosen !== undefined) setQuery(sortingQuery(chosen, sorting.peek()));
          }}
        >
          {columns.map((own) => (
            <option key={own} value={own}>
              {names[own]}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="button"
        aria-label={isDescending ? 'Descending; turn round' : 'Ascending; turn round'}
        onClick={() => setQuery(sortingQuery(column, sorting.peek()))}
      >
        {isDescending ? '↓' : '↑'}
      </button>
    </span>
  );
}
