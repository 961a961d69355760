import { useState } from 'preact/hooks';
import { numberText } from '../../components/text.js';
import { StatusLabel } from '../../components/status-label.js';
import { setQuery } from '../../router/place.js';
import { healthWords } from './app-facts.js';
import { labelChoices } from './label-choices.js';
import type { LabelChoice } from './label-choices.js';
import { filter, filtered } from './list-model.js';
import { filterQuery, statuses, toggled, toggledLabel } from './list-query.js';
import type { LabelWish } from './list-query.js';

/** From so many labels on they can be searched. */
const searchedFrom = 8;

function Choice({
  text,
  label,
  count,
  isChosen,
  choose,
}: {
  readonly text: preact.ComponentChildren;
  readonly label: string;
  readonly count: number;
  readonly isChosen: boolean;
  readonly choose: () => void;
}) {
  return (
    <label class={count === 0 && !isChosen ? 'apps-choice apps-choice-empty' : 'apps-choice'}>
      <input type="checkbox" checked={isChosen} onChange={choose} aria-label={label} />
      <span class="apps-choice-text" title={label}>
        {text}
      </span>
      <span class="apps-choice-count" title={`${count} would be shown`}>
        {numberText(count)}
      </span>
    </label>
  );
}

function isWished(wishes: readonly LabelWish[], key: string, value?: string): boolean {
  return wishes.some((wish) => wish.key === key && wish.value === value);
}

function LabelBlock({ choice, isSearched }: { readonly choice: LabelChoice; readonly isSearched: boolean }) {
  const { key, count, values, more } = choice;
  const { labels } = filter.value;
  const [isOpen, setOpen] = useState(false);
  const choose = (wish: LabelWish): void => setQuery(filterQuery({ labels: toggledLabel(filter.peek().labels, wish) }));
  const [only] = values;
  const isWide = isOpen || isSearched || labels.some((wish) => wish.key === key && wish.value !== undefined);
  if (values.length === 1 && more === 0 && only !== undefined && !isWished(labels, key)) {
    const text = only.value === '' ? key : `${key}=${only.value}`;
    return (
      <Choice
        text={text}
        label={text}
        count={only.count}
        isChosen={isWished(labels, key, only.value)}
        choose={() => choose({ key, value: only.value })}
      />
    );
  }
  return (
    <div class="apps-label-block">
      <div class="apps-label-key">
        <Choice
          text={key}
          label={`${key}, any value`}
          count={count}
          isChosen={isWished(labels, key)}
          choose={() => choose({ key })}
        />
        {values.length === 0 ? null : (
          <button
            type="button"
            class="apps-label-open"
            aria-expanded={isWide}
            aria-label={`Values of ${key}`}
            onClick={() => setOpen(!isOpen)}
          >
            {isWide ? '▾' : '▸'}
          </button>
        )}
      </div>
      {isWide ? (
        <div class="apps-label-values">
          {values.map(({ value, count: some }) => (
            <Choice
              key={value}
              text={value === '' ? <em>empty</em> : value}
              label={`${key}=${value}`}
              count={some}
              isChosen={isWished(labels, key, value)}
              choose={() => choose({ key, value })}
            />
          ))}
          {more > 0 ? <p class="muted">{more} values more: search for them</p> : null}
        </div>
      ) : null}
    </div>
  );
}

function Labels() {
  const [search, setSearch] = useState('');
  const { labels: counts } = filtered.value;
  const { choices, more } = labelChoices(counts, filter.value.labels, search);
  let all = 0;
  for (const { values } of counts.values()) all += values.size;
  const isSearchable = all >= searchedFrom || search !== '';
  if (counts.size === 0 && choices.length === 0) return null;
  return (
    <fieldset>
      <legend>Labels</legend>
      {isSearchable ? (
        <input
          type="text"
          class="apps-label-search"
          placeholder="Search labels"
          aria-label="Search labels"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      ) : null}
      {choices.map((choice) => (
        <LabelBlock key={choice.key} choice={choice} isSearched={search.trim() !== ''} />
      ))}
      {choices.length === 0 ? <p class="muted">No such label.</p> : null}
      {more > 0 ? <p class="muted">{more} labels more: search for them</p> : null}
    </fieldset>
  );
}

/** What the list can be narrowed to, and how many applications each choice would show. */
export function Filters({ id, isOpen }: { readonly id: string; readonly isOpen: boolean }) {
  const { statuses: chosen, health } = filter.value;
  const counts = filtered.value;
  return (
    <aside id={id} class={isOpen ? 'apps-filters apps-filters-open' : 'apps-filters'} aria-label="Filters">
      <fieldset>
        <legend>Status</legend>
        {statuses.map((status) => (
          <Choice
            key={status}
            text={<StatusLabel status={status} />}
            label={status}
            count={counts.statuses.get(status) ?? 0}
            isChosen={chosen.includes(status)}
            choose={() => setQuery(filterQuery({ statuses: toggled(filter.peek().statuses, status) }))}
          />
        ))}
      </fieldset>
      <fieldset>
        <legend>Health</legend>
        {healthWords.map((word) => (
          <Choice
            key={word}
            text={
              <span class="apps-health-choice">
                <span class={`health-${word.toLowerCase()}`} />
                {word}
              </span>
            }
            label={word}
            count={counts.health.get(word) ?? 0}
            isChosen={health.includes(word)}
            choose={() => setQuery(filterQuery({ health: toggled(filter.peek().health, word) }))}
          />
        ))}
      </fieldset>
      <Labels />
    </aside>
  );
}
