import type { PropagationReport } from '../../../api/propagation.js';
import { Label } from '../../../components/status-label.js';
import { spanText } from '../../../components/text.js';
import { Ago } from '../../../components/time.js';
import { links } from '../../../router/links.js';
import { shortId } from '../short-id.js';
import { propagationGrid } from './propagation-grid.js';
import type { Cell, GridRow } from './propagation-grid.js';

function CellText({ cell }: { readonly cell: Cell }) {
  switch (cell.kind) {
    case 'reached':
      return <>{spanText(cell.ms)}</>;
    case 'missing':
      return <Label level="warning">not yet</Label>;
    case 'absent':
      return <span class="muted">–</span>;
  }
}

function Row({ row: { seq, publishedAt, cells, everywhereAfterMs } }: { readonly row: GridRow }) {
  return (
    <tr>
      <th scope="row">{seq}</th>
      <td>
        <Ago at={publishedAt} />
      </td>
      {cells.map((cell, index) => (
        <td key={index} class="number">
          <CellText cell={cell} />
        </td>
      ))}
      <td class="number">{everywhereAfterMs === undefined ? '–' : spanText(everywhereAfterMs)}</td>
    </tr>
  );
}

/** Instances that are taken out of use before they are killed, and who still uses them. */
export function Draining({ draining }: PropagationReport) {
  if (draining.length === 0) return null;
  return (
    <>
      <h3>Being taken out of use</h3>
      <ul class="draining">
        {draining.map(({ taskId, app, until, waitsFor }) => (
          <li key={taskId}>
            <a class="mono wrap" href={links.task(app, taskId)} title={taskId}>
              {shortId(taskId)}
            </a>{' '}
            {waitsFor.length === 0
              ? 'is used by nobody any more'
              : `waits for ${waitsFor.map(({ role, edge }) => `${role} ${edge}`).join(', ')}`}
            ; it is killed <Ago at={until} /> at the latest.
          </li>
        ))}
      </ul>
    </>
  );
}

/** How long the last changes of an app took to each name server and load balancer. */
export function PropagationTable({ report }: { readonly report: PropagationReport }) {
  const { edges, rows } = propagationGrid(report);
  if (rows.length === 0) return <p class="muted">Nothing of it has changed lately.</p>;
  return (
    <div class="scroll-x" role="region" aria-label="How long each edge took" tabIndex={0}>
      <table class="propagation" aria-label="Propagation of the last changes">
        <thead>
          <tr>
            <th scope="col">Change</th>
            <th scope="col">Published</th>
            {edges.map(({ role, edge }) => (
              <th key={`${role} ${edge}`} scope="col" class="number">
                {role} {edge}
              </th>
            ))}
            <th scope="col" class="number">
              Everywhere after
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.seq} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
