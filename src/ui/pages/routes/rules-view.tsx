import { useMemo, useState } from 'preact/hooks';
import type { ShownRules } from '../../api/rules.js';
import { ButtonLink } from '../../components/button.js';
import { Chip } from '../../components/chip.js';
import { Empty } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { say } from '../../components/toast.js';
import { place, setQuery } from '../../router/place.js';
import { useEdgeView } from './edge-view.js';
import { movePriorities } from './priority-moves.js';
import { Reading } from './problem.js';
import { changePriorities, deleteRule } from './rule-actions.js';
import { MoreLines, RuleHead, RuleLine, stateTexts } from './rule-line.js';
import { countStates, filterRows, rowStates, ruleRows } from './rule-rows.js';
import type { RuleRow } from './rule-rows.js';
import { useKnownApps, useRoutes, useRules } from './use-edge.js';

const pageSize = 100;

/** Whose the rules are. */
function StoreNote({ store }: { readonly store: ShownRules['store'] }) {
  return (
    <p class="muted wrap">
      {store.shared ? (
        <>
          These rules are in ZooKeeper (<code>{store.where}</code>): all load balancers with that path share them.
        </>
      ) : (
        <>
          These rules belong to this load balancer alone, in its file <code>{store.where}</code>.
        </>
      )}
    </p>
  );
}

/** Bamboo's page: apps and rules in one list, with what has become of each. */
export function RulesView() {
  const view = useEdgeView();
  const { edge, live, href } = view;
  const rules = useRules();
  const routes = useRoutes();
  const apps = useKnownApps();
  const [shown, setShown] = useState(pageSize);
  const [draggedId, setDragged] = useState<string>();
  const { q = '', state = '' } = place.value.query;
  const rows = useMemo(
    () => ruleRows(rules.data?.rules ?? [], routes.data?.routes ?? [], apps.data ?? undefined),
    [rules.data, routes.data, apps.data],
  );
  const found = useMemo(() => filterRows(rows, q, state), [rows, q, state]);
  const counts = useMemo(() => countStates(rows), [rows]);
  const backends = live.backends.value?.backends;
  const byName = useMemo(() => new Map(backends?.map((backend) => [backend.name, backend])), [backends]);
  const tried = useMemo(
    () =>
      rows.flatMap(({ rule, place: at }) =>
        rule === null || at === null ? [] : [{ id: rule.id, priority: rule.settings?.priority ?? 0 }],
      ),
    [rows],
  );

  const again = (): void => {
    rules.reload();
    routes.reload();
  };
  async function move(from: number, to: number): Promise<void> {
    const at = Math.min(Math.max(to, 0), tried.length - 1);
    const changes = movePriorities(tried, from, at);
    if (changes === undefined) say('bad', 'There is no room for it: priorities go from -1000000 to 1000000.');
    else if (changes.length === 0) return;
    else if (await changePriorities(edge, rules.data?.rules ?? [], changes)) again();
  }
  function drop(on: RuleRow, isAfter: boolean): void {
    const from = tried.findIndex(({ id }) => id === draggedId);
    const to = (on.place ?? 0) - 1 + (isAfter ? 1 : 0);
    setDragged(undefined);
    // Its own place is free once it is taken out
    if (from >= 0) void move(from, to > from ? to - 1 : to);
  }

  return (
    <>
      <div class="row spread">
        <h2>Rules</h2>
        <ButtonLink href={href('rule')} kind="primary">
          New rule
        </ButtonLink>
      </div>
      {rules.data === undefined ? null : <StoreNote store={rules.data.store} />}
      <Reading loaded={rules} what="the rules" />
      {rules.data !== undefined && routes.error !== undefined ? <Reading loaded={routes} what="the routes" /> : null}
      {rules.data?.store.problem === null || rules.data === undefined ? null : (
        <Notice level="warning" title="The rules that were known last are in force">
          {rules.data.store.problem}
        </Notice>
      )}
      {rules.data === undefined || rules.data.leftOut.length === 0 ? null : (
        <Notice level="warning" title="Stored beside the rules, and left out">
          <ul class="lb-list">
            {rules.data.leftOut.map(({ id, reason }) => (
              <li key={id}>
                <code>{id}</code>: {reason}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {apps.data === null ? (
        <Notice level="info">No scheduler has told this load balancer of its apps yet.</Notice>
      ) : null}
      {rules.data === undefined ? null : (
        <>
          <div class="row rule-filters">
            <label class="hidden-text" for="rule-search">
              Search rules and apps
            </label>
            <input
              id="rule-search"
              type="search"
              placeholder="Search app, ACL, reason"
              value={q}
              onInput={(event) => setQuery({ q: event.currentTarget.value })}
            />
            <div class="row" role="group" aria-label="States">
              <Chip text="All" count={rows.length} isChosen={state === ''} onClick={() => setQuery({ state: '' })} />
              {rowStates.map((name) =>
                (counts.get(name) ?? 0) === 0 && state !== name ? null : (
                  <Chip
                    key={name}
                    text={stateTexts[name]}
                    count={counts.get(name) ?? 0}
                    isChosen={state === name}
                    onClick={() => setQuery({ state: state === name ? '' : name })}
                  />
                ),
              )}
            </div>
          </div>
          {found.length === 0 ? (
            <Empty>
              {rows.length === 0
                ? 'There are neither rules nor apps yet.'
                : 'Nothing is as the search and the filter say.'}
            </Empty>
          ) : (
            <div class="rules">
              <RuleHead />
              <ol aria-label="Rules in the order in which they are tried, then apps without a rule">
                {found.slice(0, shown).map((row) => {
                  const own = row.backends.flatMap((name) => byName.get(name) ?? []);
                  const at = row.place === null ? -1 : row.place - 1;
                  return (
                    <RuleLine
                      key={row.id}
                      row={row}
                      backends={backends === undefined ? undefined : own}
                      dragged={{
                        begin: () => setDragged(row.id),
                        end: () => setDragged(undefined),
                        drop: (isAfter) => drop(row, isAfter),
                        isAny: draggedId !== undefined,
                      }}
                      actions={{
                        remove: async () => {
                          if (row.rule !== null && (await deleteRule(edge, row.rule))) again();
                        },
                        move: row.place === null ? undefined : (by) => move(at, at + by),
                        isFirst: at === 0,
                        isLast: at === tried.length - 1,
                      }}
                    />
                  );
                })}
              </ol>
            </div>
          )}
          <MoreLines shown={shown} all={found.length} more={() => setShown(shown + pageSize)} />
        </>
      )}
    </>
  );
}
