import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from '@tanstack/virtual-core';
import './virtual-list.css';

export interface VirtualListProps {
  readonly label: string;
  readonly count: number;
  /** Of each row, in pixels. */
  readonly rowHeight: number;
  readonly keyOf: (index: number) => string;
  readonly row: (index: number) => ComponentChildren;
  /** The row above all, with the names of the columns. */
  readonly head?: ComponentChildren;
  /** Class of the rows: their columns. */
  readonly rowClass?: string;
}

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

/** What can have the focus in a row. */
function stops(row: Element): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>('a[href], button:not(:disabled), input, select')].filter(
    (element) => element.tabIndex >= 0,
  );
}

/** Arrow keys, and j and k, move the focus to the same place of the next row. */
function moveBetweenRows(event: KeyboardEvent): void {
  const step = steps[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof Element))
    return;
  if (event.target.matches('input:not([type=checkbox]), select, textarea')) return;
  const row = event.target.closest('.virtual-row');
  const all = event.target.closest('.virtual-scroller');
  if (all === null || (row === null && event.key.startsWith('Arrow'))) return;
  const at = Number(row?.getAttribute('aria-rowindex'));
  const next =
    row === null ? all.querySelector('.virtual-row') : all.querySelector(`.virtual-row[aria-rowindex="${at + step}"]`);
  if (next === null) return;
  const place = row === null ? 0 : stops(row).indexOf(event.target as HTMLElement);
  const places = stops(next);
  event.preventDefault();
  (places[place] ?? places[0])?.focus();
}

/** A table of any number of rows, of which only those in sight are in the document. */
export function VirtualList({ label, count, rowHeight, keyOf, row, head, rowClass = '' }: VirtualListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [, redraw] = useState(0);
  const options = {
    count,
    estimateSize: () => rowHeight,
    getScrollElement: () => scroller.current,
    getItemKey: keyOf,
    overscan: 8,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw((n) => n + 1),
  };
  const made = useRef<Virtualizer<HTMLDivElement, Element> | undefined>(undefined);
  const virtualizer = (made.current ??= new Virtualizer(options));
  virtualizer.setOptions(options);
  useEffect(() => virtualizer._didMount(), []);
  useEffect(() => virtualizer._willUpdate());

  return (
    <div class="virtual" role="table" aria-label={label} aria-rowcount={count + (head === undefined ? 0 : 1)}>
      {head === undefined ? null : (
        <div class={`virtual-head ${rowClass}`} role="row" aria-rowindex={1}>
          {head}
        </div>
      )}
      <div
        class="virtual-scroller"
        ref={scroller}
        tabIndex={0}
        role="rowgroup"
        aria-label={`${label}, rows`}
        onKeyDown={moveBetweenRows}
      >
        <div class="virtual-all" role="presentation" style={{ height: `${virtualizer.getTotalSize()}px` }}>
          {virtualizer.getVirtualItems().map((item) => (
            <div
              key={item.key}
              role="row"
              aria-rowindex={item.index + (head === undefined ? 1 : 2)}
              class={`virtual-row ${rowClass}`}
              style={{ height: `${rowHeight}px`, transform: `translateY(${item.start}px)` }}
            >
              {row(item.index)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
