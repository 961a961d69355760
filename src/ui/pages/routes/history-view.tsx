import { useState } from 'preact/hooks';
import type { RuleChange } from '../../api/rules.js';
import { confirm } from '../../components/ask.js';
import { Button } from '../../components/button.js';
import { Empty } from '../../components/loading.js';
import { say, trying } from '../../components/toast.js';
import { Ago } from '../../components/time.js';
import { ApiError } from '../../http/api-error.js';
import { edgeRequest } from '../../http/edge-request.js';
import { useEdgeView } from './edge-view.js';
import { Reading } from './problem.js';
import { changedSettings } from './rule-config.js';
import { SettingChanges } from './setting-changes.js';
import { useHistory } from './use-edge.js';

const pageSize = 50;

function whatText({ before, after, reverts }: RuleChange): string {
  const what = before === null ? 'Added' : after === null ? 'Deleted' : 'Changed';
  return reverts === undefined ? what : `${what}, taking back change ${reverts}`;
}

function authorText(by: string): string {
  if (by === 'file') return 'in the file';
  return by === 'zookeeper' ? 'in ZooKeeper' : by;
}

function ChangeLine({ change, revert }: { readonly change: RuleChange; readonly revert: () => unknown }) {
  const { n, at, id, by, before, after } = change;
  return (
    <li class="lb-change">
      <div class="lb-change-head">
        <span class="row">
          <span class="muted number">#{n}</span>
          <strong class="wrap">{id}</strong>
          <span>{whatText(change)}</span>
        </span>
        <span class="muted">
          <Ago at={at} />, {authorText(by)}
        </span>
        <Button small label={`Revert change ${n} of ${id}`} onClick={revert}>
          Revert
        </Button>
      </div>
      <SettingChanges changes={changedSettings(before, after)} />
    </li>
  );
}

/** Who changed which rule, when and how; and the way back. */
export function HistoryView() {
  const { edge } = useEdgeView();
  const loaded = useHistory();
  const [shown, setShown] = useState(pageSize);
  const changes = loaded.data?.changes ?? [];

  async function revert(change: RuleChange): Promise<void> {
    const { n, id, before, after } = change;
    const post = (force: boolean): Promise<unknown> =>
      edgeRequest(edge, `ekiden/v1/rules/history/${n}/revert`, {
        method: 'POST',
        query: { force: force ? true : undefined },
      });
    const go = await confirm({
      title: `Revert change ${n} of ${id}?`,
      text: (
        <>
          <p>
            {before === null ? 'The rule is deleted, as there was none before.' : 'The rule is again as it was before:'}
          </p>
          <SettingChanges changes={changedSettings(after, before)} />
        </>
      ),
      action: 'Revert',
      danger: before === null,
    });
    if (!go) return;
    await trying(`Change ${n} was not taken back`, async () => {
      try {
        await post(false);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
        const isForced = await confirm({
          title: `${id} has been changed since`,
          text: <p>{error.message}</p>,
          action: 'Revert all the same',
          danger: true,
        });
        if (!isForced) return;
        await post(true);
      }
      say('good', `Change ${n} of ${id} was taken back`);
      loaded.reload();
    });
  }

  return (
    <>
      <h2>History</h2>
      <p class="muted">The last 500 changes of rules that this load balancer has seen, the newest first.</p>
      <Reading loaded={loaded} what="the history" />
      {loaded.data === undefined ? null : changes.length === 0 ? (
        <Empty>No rule was changed yet.</Empty>
      ) : (
        <>
          <ol class="lb-changes" aria-label="Changes of rules">
            {changes.slice(0, shown).map((change) => (
              <ChangeLine key={change.n} change={change} revert={() => revert(change)} />
            ))}
          </ol>
          {changes.length > shown ? <Button onClick={() => setShown(shown + pageSize)}>Show older ones</Button> : null}
        </>
      )}
    </>
  );
}
