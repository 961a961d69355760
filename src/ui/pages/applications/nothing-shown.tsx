import { Button, ButtonLink } from '../../components/button.js';
import { countText } from '../../components/text.js';
import { links } from '../../router/links.js';
import { setQuery } from '../../router/place.js';
import type { Hiding } from './filter.js';
import { below, filter, filtered, scope } from './list-model.js';
import { filterQuery, noFilter } from './list-query.js';
import type { Filter } from './list-query.js';

/** Takes all filters and the search away. */
export function clearFilters(): void {
  setQuery(filterQuery(noFilter));
}

function nameOf({ part, key }: Hiding): string {
  return part === 'label'
    ? `The label ${key ?? ''}`
    : part === 'search'
      ? `The search for “${filter.value.search.trim()}”`
      : `The ${part}`;
}

function without({ part, key }: Hiding): Partial<Filter> {
  switch (part) {
    case 'status':
      return { statuses: [] };
    case 'health':
      return { health: [] };
    case 'search':
      return { search: '' };
    case 'label':
      return { labels: filter.peek().labels.filter((wish) => wish.key !== key) };
  }
}

/** Nothing passes the filters: which of them hides how many. */
function NothingMatches() {
  const all = below.value.length;
  const { hiding } = filtered.value;
  return (
    <div class="apps-nothing">
      <h2>No application matches</h2>
      <p>
        {all === 1
          ? 'There is one application here, which is hidden:'
          : `There are ${all} applications here, all of them hidden:`}
      </p>
      <ul>
        {hiding.map((part) => (
          <li key={`${part.part} ${part.key ?? ''}`}>
            <span>
              {nameOf(part)} hides {part.hides === all ? 'all of them' : part.hides}
              {part.hidesAlone > 0 && hiding.length > 1
                ? `; without it ${part.hidesAlone === 1 ? '1 would be shown' : `${part.hidesAlone} would be shown`}`
                : ''}
            </span>{' '}
            <Button
              small
              label={`Remove this filter: ${nameOf(part)}`}
              onClick={() => setQuery(filterQuery(without(part)))}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
      <Button kind="primary" onClick={clearFilters}>
        Clear filters
      </Button>
    </div>
  );
}

/** Nothing is here at all. */
function NothingHere() {
  const isRoot = scope.value === '/';
  return (
    <div class="apps-nothing">
      <h2>{isRoot ? 'There are no applications yet' : 'This group is empty'}</h2>
      <p>
        {isRoot
          ? 'Create one, or begin with one of the examples: they run at once.'
          : 'Create an application in it, or destroy the group in its menu.'}
      </p>
      <div class="row">
        <ButtonLink kind="primary" href={links.create(isRoot ? {} : { group: scope.value })}>
          Create application
        </ButtonLink>
        {isRoot ? <ButtonLink href={links.welcome()}>See the examples</ButtonLink> : null}
      </div>
    </div>
  );
}

/** Instead of a list without lines. */
export function NothingShown() {
  return below.value.length > 0 ? <NothingMatches /> : <NothingHere />;
}

/** How many are shown, and of how many. */
export function resultText(shown: number, all: number): string {
  return shown === all ? countText(all, 'application') : `${shown} of ${countText(all, 'application')}`;
}
