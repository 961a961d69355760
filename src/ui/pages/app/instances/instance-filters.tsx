import { setQuery } from '../../../router/place.js';
import type { RowChoice } from './choose-rows.js';
import type { InstanceRow } from './instance-row.js';
import { stateText } from './state-text.js';

const healths = [
  ['healthy', 'Healthy'],
  ['unhealthy', 'Unhealthy'],
  ['unknown', 'Unknown'],
] as const;

/** What of the list is shown: it is kept in the address. */
export function InstanceFilters({
  rows,
  choice,
}: {
  readonly rows: readonly InstanceRow[];
  readonly choice: RowChoice;
}) {
  const states = [...new Set(rows.map(({ state }) => state))].sort();
  return (
    <div class="row instance-filters" role="search">
      <input
        type="search"
        aria-label="Search instances"
        placeholder="Id, host, port, version"
        value={choice.text}
        onInput={(event) => setQuery({ q: event.currentTarget.value })}
      />
      <select
        aria-label="State"
        value={choice.state}
        onChange={(event) => setQuery({ state: event.currentTarget.value })}
      >
        <option value="">Any state</option>
        {[...new Set([...states, ...(choice.state === '' ? [] : [choice.state])])].map((state) => (
          <option key={state} value={state}>
            {stateText(state)}
          </option>
        ))}
      </select>
      <select
        aria-label="Health"
        value={choice.health}
        onChange={(event) => setQuery({ health: event.currentTarget.value })}
      >
        <option value="">Any health</option>
        {healths.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
