import type { TaskStats } from '../../../api/app-details.js';
import { spanText } from '../../../components/text.js';

const parts = [
  ['totalSummary', 'All'],
  ['withLatestConfig', 'With the present configuration'],
  ['withOutdatedConfig', 'With an outdated configuration'],
  ['startedAfterLastScaling', 'Launched after the last scaling'],
] as const satisfies readonly (readonly [keyof TaskStats, string])[];

const columns = ['running', 'healthy', 'unhealthy', 'staged'] as const;

/** Marathon's `taskStats`: how many tasks there are, and how long they have lived. */
export function LaunchStatistics({ stats }: { readonly stats: TaskStats }) {
  const shown = parts.flatMap(([key, text]) => {
    const part = stats[key]?.stats;
    return part === undefined ? [] : [{ key, text, part }];
  });
  if (shown.length === 0) return <p class="muted">There are no tasks.</p>;
  return (
    <div class="scroll-x">
      <table aria-label="Launch statistics">
        <thead>
          <tr>
            <th scope="col">Tasks</th>
            {columns.map((column) => (
              <th key={column} scope="col" class="number">
                {column.charAt(0).toUpperCase() + column.slice(1)}
              </th>
            ))}
            <th scope="col" class="number">
              Median lifetime
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ key, text, part }) => (
            <tr key={key}>
              <td>{text}</td>
              {columns.map((column) => (
                <td key={column} class="number">
                  {part.counts[column]}
                </td>
              ))}
              <td class="number">{part.lifeTime === undefined ? '–' : spanText(part.lifeTime.medianSeconds * 1000)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
