import { useEffect, useState } from 'preact/hooks';
import type { ShownRule } from '../../api/rules.js';
import type { Preview } from '../../api/routing.js';
import { ask } from '../../components/ask.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { say } from '../../components/toast.js';
import { countText } from '../../components/text.js';
import { messageOf } from '../../http/api-error.js';
import { edgeRequest } from '../../http/edge-request.js';
import type { EdgeName } from '../../http/edge-request.js';
import { idPath } from '../../http/request.js';
import { PlanView } from './plan-view.js';
import type { PriorityChange } from './priority-moves.js';
import { bodyWithPriority } from './rule-config.js';
import { planRule } from './use-plan.js';
import type { RuleBody } from './use-plan.js';

/** A rule that is to be stored or removed, with the words for it. */
interface Step {
  readonly title: string;
  readonly body: RuleBody;
  readonly removes: boolean;
}

type Outcome = { readonly preview: Preview } | { readonly problem: string };

/** Shows what some changes would do, and makes them one after the other when that is wanted. */
function ChangeDialog({
  edge,
  title,
  action,
  steps,
  danger,
  children,
  answer,
}: {
  readonly edge: EdgeName;
  readonly title: string;
  readonly action: string;
  readonly steps: readonly Step[];
  readonly danger: boolean;
  readonly children: preact.ComponentChildren;
  readonly answer: (isDone: boolean) => void;
}) {
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const [error, setError] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    void (async () => {
      for (const { body, removes } of steps) {
        let outcome: Outcome;
        try {
          outcome = { preview: await planRule(edge, body, { removes, signal: abort.signal }) };
        } catch (problem) {
          outcome = { problem: messageOf(problem) };
        }
        if (abort.signal.aborted) return;
        setOutcomes((before) => [...before, outcome]);
      }
    })();
    return () => abort.abort();
  }, []);

  const apply = async (): Promise<void> => {
    setError(undefined);
    try {
      for (const { body, removes } of steps) {
        await (removes
          ? edgeRequest(edge, `api/services/${idPath(body.id)}`, { method: 'DELETE' })
          : edgeRequest(edge, 'api/services', { method: 'PUT', body }));
      }
      answer(true);
    } catch (problem) {
      setError(messageOf(problem));
    }
  };

  return (
    <Dialog
      wide
      title={title}
      onClose={() => answer(false)}
      footer={
        <>
          <Button onClick={() => answer(false)}>Cancel</Button>
          <Button kind={danger ? 'danger' : 'primary'} disabled={outcomes.length < steps.length} onClick={apply}>
            {action}
          </Button>
        </>
      }
    >
      {children}
      {error === undefined ? null : (
        <Notice level="bad" title="It was not done">
          {error}
        </Notice>
      )}
      {steps.map((step, index) => {
        const outcome = outcomes[index];
        if (outcome === undefined)
          return index === outcomes.length ? <Loading key={step.body.id} what="the plan" /> : null;
        return 'preview' in outcome ? (
          <PlanView key={step.body.id} preview={outcome.preview} title={step.title} />
        ) : (
          <Notice key={step.body.id} level="warning" title="There is no plan">
            {outcome.problem}
          </Notice>
        );
      })}
    </Dialog>
  );
}

/** Deletes a rule, after its plan was seen. Returns whether it was. */
export async function deleteRule(edge: EdgeName, { id, config }: ShownRule): Promise<boolean> {
  const isDone = await ask<boolean>((answer) => (
    <ChangeDialog
      edge={edge}
      title={`Delete the rule of ${id}?`}
      action="Delete the rule"
      danger
      steps={[{ title: 'Plan', body: { id, config }, removes: true }]}
      answer={answer}
    >
      <p>The app goes on running. The history keeps the rule, and can take this back.</p>
    </ChangeDialog>
  ));
  if (isDone) say('good', `The rule of ${id} was deleted`);
  return isDone;
}

/** Changes priorities, after the plan was seen. Returns whether that was done. */
export async function changePriorities(
  edge: EdgeName,
  rules: readonly ShownRule[],
  changes: readonly PriorityChange[],
): Promise<boolean> {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const steps = changes.flatMap(({ id, to }): Step[] => {
    const rule = byId.get(id);
    return rule === undefined ? [] : [{ title: `Plan of ${id}`, body: bodyWithPriority(rule, to), removes: false }];
  });
  const isDone = await ask<boolean>((answer) => (
    <ChangeDialog
      edge={edge}
      title={steps.length === 1 ? 'Change a priority?' : `Change ${countText(steps.length, 'priority', 'priorities')}?`}
      action="Change"
      danger={false}
      steps={steps}
      answer={answer}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col" class="number">
              Priority now
            </th>
            <th scope="col" class="number">
              then
            </th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ id, from, to }) => (
            <tr key={id}>
              <td class="wrap">{id}</td>
              <td class="number">{from}</td>
              <td class="number">
                <strong>{to}</strong>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {steps.length > 1 ? (
        <p class="muted">
          They are changed one after the other, in this order; each plan is about its own change alone.
        </p>
      ) : null}
    </ChangeDialog>
  ));
  if (isDone) say('good', steps.length === 1 ? 'The priority was changed' : 'The priorities were changed');
  return isDone;
}
