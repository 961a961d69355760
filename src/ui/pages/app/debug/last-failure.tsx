import type { TaskFailure } from '../../../api/app-details.js';
import { Ago, At } from '../../../components/time.js';
import { links } from '../../../router/links.js';
import { stateText } from '../instances/state-text.js';
import { shortId, shortVersion } from '../short-id.js';

/** The last task that failed, and where its files are. */
export function LastFailure({ failure, id }: { readonly failure: TaskFailure | undefined; readonly id: string }) {
  if (failure === undefined) return <p class="muted">No failure of a task is remembered.</p>;
  const { taskId, state, message, host, timestamp, version } = failure;
  return (
    <>
      <pre class="failure-text">{message === '' ? stateText(state) : message}</pre>
      <dl class="app-facts">
        <div>
          <dt>Task</dt>
          <dd>
            <a href={links.task(id, taskId)} title={taskId}>
              {shortId(taskId)}
            </a>{' '}
            <a href={links.task(id, taskId, { file: 'stderr' })}>stderr</a>{' '}
            <a href={links.task(id, taskId, { file: 'stdout' })}>stdout</a>
          </dd>
        </div>
        <div>
          <dt>State</dt>
          <dd title={state}>{stateText(state)}</dd>
        </div>
        <div>
          <dt>Host</dt>
          <dd>
            <a href={links.nodes(host)}>{host}</a>
          </dd>
        </div>
        <div>
          <dt>When</dt>
          <dd>
            <At at={timestamp} />{' '}
            <span class="muted">
              <Ago at={timestamp} />
            </span>
          </dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd title={version}>{shortVersion(version)}</dd>
        </div>
      </dl>
    </>
  );
}
