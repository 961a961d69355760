import { useCallback } from 'preact/hooks';
import { VirtualList } from '../../components/virtual-list.js';
import { isNarrow } from '../../live/is-narrow.js';
import { AppRow } from './app-row.js';
import { GroupLine } from './group-line.js';
import { ListHead } from './list-head.js';
import { isTree, rows, scope, waits } from './list-model.js';
import { NothingShown } from './nothing-shown.js';

/** In pixels; below the name stand its command and labels, on small screens everything else, too. */
const rowHeight = 56;
const narrowRowHeight = 92;

/** The lines of the list. */
export function AppsList() {
  const lines = rows.value;
  const deploymentWaits = waits.value;
  const group = scope.value;
  const isFlat = !isTree.value;
  const height = isNarrow.value ? narrowRowHeight : rowHeight;
  const keyOf = useCallback(
    (index: number) => {
      const line = lines[index];
      return line === undefined ? String(index) : 'group' in line ? `group ${line.group.id}` : line.app.id;
    },
    [lines],
  );
  const row = useCallback(
    (index: number) => {
      const line = lines[index];
      if (line === undefined) return null;
      return 'group' in line ? (
        <GroupLine group={line.group} />
      ) : (
        <AppRow app={line.app} group={group} isFlat={isFlat} waitsFor={deploymentWaits.get(line.app.id)} />
      );
    },
    [lines, group, isFlat, deploymentWaits],
  );
  if (lines.length === 0) return <NothingShown />;
  return (
    <VirtualList
      // Another group begins at its top
      key={`${group} ${height}`}
      label="Applications"
      count={lines.length}
      rowHeight={height}
      keyOf={keyOf}
      row={row}
      head={<ListHead />}
      rowClass="apps-row"
    />
  );
}
