import { useState } from 'preact/hooks';
import { withForce } from '../../../actions/forced.js';
import { ask } from '../../../components/ask.js';
import { Button } from '../../../components/button.js';
import { Dialog } from '../../../components/dialog.js';
import { countText } from '../../../components/text.js';
import { say, trying } from '../../../components/toast.js';
import { idPath, request } from '../../../http/request.js';
import { shortId } from '../short-id.js';
import type { SubjectFacts } from '../subject.js';

/** What is to be killed. */
export interface Killing {
  readonly facts: Pick<SubjectFacts, 'id' | 'kind' | 'instances' | 'isResident'>;
  /** Of tasks of an app, or of instances of a pod. */
  readonly ids: readonly string[];
  /** The app gets so many instances fewer; else new ones take their place. */
  readonly scale: boolean;
}

/** So many are named in the question. */
const maxNamed = 8;

function KillDialog({
  killing,
  answer,
}: {
  readonly killing: Killing;
  readonly answer: (wipe: boolean | undefined) => void;
}) {
  const { facts, ids, scale } = killing;
  const { id, instances, isResident } = facts;
  const [wipe, setWipe] = useState(false);
  const [first = ''] = ids;
  const what = ids.length === 1 ? shortId(first) : countText(ids.length, 'instance');
  const named = ids.slice(0, maxNamed).map(shortId);
  const more = ids.length - named.length;
  return (
    <Dialog
      title={`Kill ${what} of ${id}?`}
      onClose={() => answer(undefined)}
      footer={
        <>
          <Button onClick={() => answer(undefined)}>Cancel</Button>
          <Button kind="danger" onClick={() => answer(wipe)}>
            {scale ? 'Kill & scale' : 'Kill'}
          </Button>
        </>
      }
    >
      {ids.length === 1 ? null : (
        <p class="mono">
          {named.join(', ')}
          {more > 0 ? ` and ${more} more` : ''}
        </p>
      )}
      <p>
        {scale
          ? `${id} is scaled from ${instances} to ${countText(Math.max(0, instances - ids.length), 'instance')}: nothing takes their place.`
          : `${ids.length === 1 ? 'A new one takes its' : 'New ones take their'} place.`}
      </p>
      {isResident && !scale ? (
        <label class="row kill-wipe">
          <input type="checkbox" checked={wipe} onChange={(event) => setWipe(event.currentTarget.checked)} />
          <span>
            Wipe: give up their places, too. Their persistent volumes are destroyed with all data; the new ones begin
            with empty volumes, maybe on other agents.
          </span>
        </label>
      ) : null}
    </Dialog>
  );
}

function send({ facts: { id, kind }, ids, scale }: Killing, wipe: boolean, force: boolean): Promise<unknown> {
  const query = { wipe: wipe ? true : undefined, force: force ? true : undefined };
  return kind === 'pod'
    ? request(`v2/pods/${idPath(id)}::instances`, { method: 'DELETE', query, body: ids })
    : request('v2/tasks/delete', {
        method: 'POST',
        query: { ...query, scale: scale ? true : undefined },
        body: { ids },
      });
}

/** Kills instances after asking. Returns whether they are being killed. */
export async function killInstances(killing: Killing): Promise<boolean> {
  const { facts, ids, scale } = killing;
  const wipe = await ask<boolean | undefined>((answer) => <KillDialog killing={killing} answer={answer} />);
  if (wipe === undefined) return false;
  let isDone = false;
  const what = ids.length === 1 ? `${shortId(ids[0] ?? '')} of ${facts.id}` : `${ids.length} instances of ${facts.id}`;
  await trying(`${what} ${ids.length === 1 ? 'was' : 'were'} not killed`, async () => {
    const done = await withForce(async (force) => {
      await send(killing, wipe, force);
      return true;
    });
    if (done === undefined) return;
    isDone = true;
    say('good', `${what} ${ids.length === 1 ? 'is' : 'are'} being killed${scale ? ', and not replaced' : ''}`);
  });
  return isDone;
}
