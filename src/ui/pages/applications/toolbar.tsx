import { ButtonLink } from '../../components/button.js';
import { Menu } from '../../components/menu.js';
import { links } from '../../router/links.js';
import { place, setQuery } from '../../router/place.js';
import { groupItems } from './group-line.js';
import { pathOf } from './group-rows.js';
import { SortChoice } from './list-head.js';
import { below, filter, filtered, isTree, scope } from './list-model.js';
import { filterQuery, wishCount } from './list-query.js';
import { clearFilters, resultText } from './nothing-shown.js';

/** Where in the tree of groups the list is. */
export function Breadcrumbs() {
  const group = scope.value;
  if (group === '/') return null;
  const above = pathOf(group).slice(0, -1);
  return (
    <nav class="apps-above" aria-label="Groups above">
      <ol>
        {above.map((id) => (
          <li key={id}>
            <a href={links.group(id)}>{id === '/' ? 'All applications' : id.slice(id.lastIndexOf('/') + 1)}</a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** The heading, and what can be done with the whole group. */
export function ListTitle() {
  const group = scope.value;
  const parent = pathOf(group).at(-2) ?? '/';
  const leave = (): void => {
    location.hash = links.group(parent);
  };
  return (
    <div class="row spread apps-top">
      <h1>{group === '/' ? 'Applications' : group}</h1>
      <div class="row">
        <Menu label={`Group actions for ${group}`} text="Group ▾" items={groupItems(group, leave)} />
        <ButtonLink kind="primary" href={links.create(group === '/' ? {} : { group })}>
          Create application
        </ButtonLink>
      </div>
    </div>
  );
}

function ViewChoice() {
  const isList = place.value.query['view'] === 'list';
  const isFiltered = wishCount(filter.value) > 0;
  return (
    <div class="apps-choice-group" role="group" aria-label="View">
      <button
        type="button"
        class="button"
        aria-pressed={!isList}
        title={isFiltered ? 'What is found is listed in any case' : 'Groups first, each as one line'}
        onClick={() => setQuery({ view: undefined })}
      >
        Groups
      </button>
      <button
        type="button"
        class="button"
        aria-pressed={isList}
        title="All applications below, without their groups"
        onClick={() => setQuery({ view: 'list' })}
      >
        List
      </button>
    </div>
  );
}

/** Search, views and the number of results. */
export function Toolbar({
  filtersId,
  isOpen,
  toggle,
}: {
  readonly filtersId: string;
  readonly isOpen: boolean;
  readonly toggle: () => void;
}) {
  const count = wishCount(filter.value);
  const all = below.value.length;
  const shown = isTree.value ? all : filtered.value.shown.length;
  return (
    <div class="apps-tools">
      <input
        type="search"
        class="apps-search"
        aria-label="Search by id, label or image"
        placeholder="Search by id, label or image"
        title="Several words: all of them must be found. Key: /"
        spellcheck={false}
        autocomplete="off"
        value={filter.value.search}
        onInput={(event) => setQuery(filterQuery({ search: event.currentTarget.value }))}
      />
      <button
        type="button"
        class="button apps-filters-button"
        aria-expanded={isOpen}
        aria-controls={filtersId}
        onClick={toggle}
      >
        Filters{count > 0 ? ` (${count})` : ''}
      </button>
      <ViewChoice />
      <SortChoice />
      <span class="apps-result">
        <span role="status">{resultText(shown, all)}</span>
        {count > 0 ? (
          <button type="button" class="button button-small button-plain" onClick={clearFilters}>
            Clear filters
          </button>
        ) : null}
      </span>
    </div>
  );
}
