import { withForce } from '../../../actions/forced.js';
import type { ChangePlan } from '../../../api/plan.js';
import { ask } from '../../../components/ask.js';
import { Button } from '../../../components/button.js';
import { Dialog } from '../../../components/dialog.js';
import { Diff } from '../../../components/diff.js';
import { At } from '../../../components/time.js';
import { say, trying } from '../../../components/toast.js';
import { idPath, request } from '../../../http/request.js';
import { canonicalText } from '../../edit/json-value.js';
import type { JsonObject } from '../../edit/json-value.js';
import { problemText } from '../../edit/problem-text.js';
import { withoutSecrets } from '../../edit/secrets.js';
import { PlanView } from '../../plan/plan-view.js';

function ApplyDialog({
  id,
  version,
  current,
  definition,
  plan,
  answer,
}: {
  readonly id: string;
  readonly version: string;
  readonly current: JsonObject;
  readonly definition: JsonObject;
  readonly plan: ChangePlan;
  readonly answer: (go: boolean) => void;
}) {
  return (
    <Dialog
      wide
      title={`Return ${id} to an older version?`}
      onClose={() => answer(false)}
      footer={
        <>
          <Button onClick={() => answer(false)}>Cancel</Button>
          <Button kind="primary" onClick={() => answer(true)}>
            Apply this version
          </Button>
        </>
      }
    >
      <p>
        That of <At at={version} /> is applied again, as a new version.
      </p>
      <PlanView plan={plan}>
        <Diff
          json
          before={canonicalText(withoutSecrets(current))}
          after={canonicalText(withoutSecrets(definition, current))}
          label="The definition, now and then"
        />
      </PlanView>
    </Dialog>
  );
}

/** Shows what a return to an older version would do, and does it when that is wanted. */
export async function applyVersion(
  { id, kind }: { readonly id: string; readonly kind: 'app' | 'pod' },
  version: string,
  definition: JsonObject,
  current: JsonObject,
): Promise<void> {
  const body = kind === 'app' ? { id, version } : definition;
  await trying(`${id} was not returned to that version`, async () => {
    const said = (error: unknown): never => {
      throw new Error(problemText(error));
    };
    const plan = await request<ChangePlan>('ekiden/v1/plan', {
      method: 'POST',
      body: { [kind]: body },
      timeoutMs: 60_000,
    }).catch(said);
    const go = await ask<boolean>((answer) => (
      <ApplyDialog id={id} version={version} current={current} definition={definition} plan={plan} answer={answer} />
    ));
    if (!go) return;
    const done = await withForce(async (force) => {
      await request(`v2/${kind}s/${idPath(id)}`, {
        method: 'PUT',
        query: { force: force ? true : undefined },
        body: kind === 'app' ? { version } : definition,
        timeoutMs: 60_000,
      });
      return true;
    }).catch(said);
    if (done === true) say('good', `${id} returns to that version`);
  });
}
