import type { EndedInstance } from '../../../api/explanation.js';
import { Ago } from '../../../components/time.js';
import { links } from '../../../router/links.js';
import { shortId, shortVersion } from '../short-id.js';

/** The last instances that ended, and why. */
export function EndedInstances({ id, ended }: { readonly id: string; readonly ended: readonly EndedInstance[] }) {
  if (ended.length === 0) return <p class="muted">None has ended since the scheduler was started.</p>;
  return (
    <table class="ended-list" aria-label="Ended instances">
      <thead>
        <tr>
          <th scope="col">Task</th>
          <th scope="col">Ended</th>
          <th scope="col">Why</th>
          <th scope="col">Host</th>
          <th scope="col">Version</th>
        </tr>
      </thead>
      <tbody>
        {ended.map(({ instanceId, taskId, endedAt, text, host, version }) => (
          <tr key={`${instanceId} ${endedAt}`}>
            <td data-label="Task">
              <a class="mono" href={links.task(id, taskId)} title={taskId}>
                {shortId(taskId)}
              </a>
            </td>
            <td data-label="Ended">
              <Ago at={endedAt} />
            </td>
            <td data-label="Why" class="wrap">
              {text}
            </td>
            <td data-label="Host">{host}</td>
            <td data-label="Version" title={version}>
              {shortVersion(version)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
