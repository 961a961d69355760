import { useMemo, useState } from 'preact/hooks';
import type { PropagationReport } from '../../../api/propagation.js';
import { Button } from '../../../components/button.js';
import { Empty } from '../../../components/loading.js';
import { countText } from '../../../components/text.js';
import { VirtualList } from '../../../components/virtual-list.js';
import { request } from '../../../http/request.js';
import { isNarrow } from '../../../live/is-narrow.js';
import { useLoaded } from '../../../live/use-loaded.js';
import { place } from '../../../router/place.js';
import type { SubjectFacts } from '../subject.js';
import { shortId } from '../short-id.js';
import { chooseRows, choiceOf } from './choose-rows.js';
import { drainingTexts } from './draining.js';
import { cellsOf, columns } from './instance-cells.js';
import { InstanceFilters } from './instance-filters.js';
import { ariaSort, HeadText } from './instance-heads.js';
import type { InstanceRow } from './instance-row.js';
import { killInstances } from './kill-instances.js';
import './instances.css';

/** Longer lists have only those rows in the document that are in sight. */
const maxPlain = 200;
const rowHeight = 58;
const podRowHeight = 132;
const cardHeight = 270;

/** The instances of an app or pod: what they are at, where they are, and their killing. */
export function InstancesTab({
  facts,
  draining,
  revision,
}: {
  readonly facts: SubjectFacts;
  /** How many are being taken out of use. */
  readonly draining: number;
  readonly revision: number;
}) {
  const { id, kind, rows } = facts;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const hasCards = isNarrow.value;
  const choice = choiceOf(place.value.query);
  const { text, state, health, sort, descending } = choice;
  const shown = useMemo(() => chooseRows(rows, choice), [rows, text, state, health, sort, descending]);
  const report = useLoaded(
    async (signal) =>
      draining === 0
        ? undefined
        : drainingTexts(
            await request<PropagationReport>('ekiden/v1/propagation', { query: { app: id, limit: 1 }, signal }),
          ),
    [id],
    [draining, draining === 0 ? 0 : revision],
  );
  const chosen = shown.filter((row) => selected.has(row.id)).map((row) => row.id);
  const isAll = chosen.length > 0 && chosen.length === shown.length;

  if (rows.length === 0) {
    return (
      <Empty>
        {facts.instances === 0
          ? 'It is suspended: no instances are wanted. Scale it up to have some.'
          : 'No instance is there yet.'}
      </Empty>
    );
  }

  const toggle = (one: string): void => {
    const next = new Set(selected);
    if (!next.delete(one)) next.add(one);
    setSelected(next);
  };
  const kill = async (scale: boolean): Promise<void> => {
    if (await killInstances({ facts, ids: chosen, scale })) setSelected(new Set());
  };
  const checkbox = (row: InstanceRow) => (
    <input
      type="checkbox"
      aria-label={`Select ${shortId(row.id)}`}
      checked={selected.has(row.id)}
      onChange={() => toggle(row.id)}
    />
  );
  const selectAll = (
    <input
      type="checkbox"
      aria-label="Select all that are shown"
      checked={isAll}
      ref={(element) => {
        if (element !== null) element.indeterminate = chosen.length > 0 && !isAll;
      }}
      onChange={() => setSelected(isAll ? new Set() : new Set(shown.map((row) => row.id)))}
    />
  );
  const isLong = shown.length > maxPlain;

  return (
    <>
      <div class="row spread instance-tools">
        <InstanceFilters rows={rows} choice={choice} />
        <div class="row" role="group" aria-label="Selected instances">
          {hasCards ? <label class="row">{selectAll} All</label> : null}
          <span class="muted" role="status">
            {chosen.length === 0
              ? shown.length === rows.length
                ? countText(rows.length, 'instance')
                : `${shown.length} of ${countText(rows.length, 'instance')}`
              : `${chosen.length} selected`}
          </span>
          <Button kind="danger" disabled={chosen.length === 0} onClick={() => kill(false)}>
            Kill
          </Button>
          {kind === 'pod' ? null : (
            <Button kind="danger" disabled={chosen.length === 0} onClick={() => kill(true)}>
              Kill & scale
            </Button>
          )}
        </div>
      </div>
      {shown.length === 0 ? (
        <Empty>No instance is like that.</Empty>
      ) : isLong ? (
        <VirtualList
          label={`Instances of ${id}`}
          count={shown.length}
          rowHeight={hasCards ? cardHeight : kind === 'pod' ? podRowHeight : rowHeight}
          keyOf={(index) => shown[index]?.id ?? ''}
          rowClass={`instance-grid instance-grid-${kind}`}
          head={
            hasCards ? undefined : (
              <>
                <span role="columnheader">{selectAll}</span>
                {columns.map((column) => (
                  <span key={column.key} role="columnheader" aria-sort={ariaSort(choice, column.sort)}>
                    <HeadText choice={choice} column={column} kind={kind} />
                  </span>
                ))}
              </>
            )
          }
          row={(index) => {
            const row = shown[index];
            if (row === undefined) return null;
            return (
              <>
                <span role="cell">{checkbox(row)}</span>
                {cellsOf(facts, row, report.data?.get(row.id)).map(({ key, label, content }) => (
                  <div key={key} role="cell" class={`instance-cell instance-${key}`} data-label={label}>
                    {content}
                  </div>
                ))}
              </>
            );
          }}
        />
      ) : (
        <table class={`instances instances-${kind}`} aria-label={`Instances of ${id}`}>
          <thead>
            <tr>
              <th class="instance-select">{selectAll}</th>
              {columns.map((column) => (
                <th key={column.key} scope="col" aria-sort={ariaSort(choice, column.sort)}>
                  <HeadText choice={choice} column={column} kind={kind} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.id} class={selected.has(row.id) ? 'is-selected' : ''}>
                <td class="instance-select">{checkbox(row)}</td>
                {cellsOf(facts, row, report.data?.get(row.id)).map(({ key, label, content }) => (
                  <td key={key} class={`instance-cell instance-${key}`} data-label={label}>
                    {content}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
