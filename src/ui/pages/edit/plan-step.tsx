import { useEffect, useRef } from 'preact/hooks';
import type { ChangePlan } from '../../api/plan.js';
import { Button } from '../../components/button.js';
import { Diff } from '../../components/diff.js';
import { Notice } from '../../components/notice.js';
import { PlanView } from '../plan/plan-view.js';
import { isEmptyPlan } from '../plan/plan-words.js';
import { canonicalText } from './json-value.js';
import type { Json } from './json-value.js';
import { asJson } from './load-definition.js';
import { withoutSecrets } from './secrets.js';

function Definition({ before, after, plan }: { before: Json | undefined; after: Json; plan: ChangePlan }) {
  if (before !== undefined) {
    return (
      <section aria-labelledby="plan-definition">
        <h2 id="plan-definition">Definition</h2>
        <Diff
          json
          before={canonicalText(withoutSecrets(before))}
          after={canonicalText(withoutSecrets(after, before))}
          label="The definition, now and then"
        />
      </section>
    );
  }
  const made = plan.changes.length === 1 ? plan.changes[0]?.definition : undefined;
  if (made === undefined) return null;
  return (
    <details class="panel">
      <summary>The definition with all defaults</summary>
      <pre>{canonicalText(withoutSecrets(asJson(made)))}</pre>
    </details>
  );
}

/** The step before something is applied: what it would do. */
export function PlanStep({
  title,
  plan,
  before,
  after,
  blocked,
  problem,
  onApply,
  onBack,
}: {
  readonly title: string;
  readonly plan: ChangePlan;
  /** What there is now; undefined: nothing, or several things. */
  readonly before: Json | undefined;
  readonly after: Json;
  /** Why it cannot be applied. */
  readonly blocked?: string | undefined;
  /** What went wrong when it was tried. */
  readonly problem: string | undefined;
  readonly onApply: () => Promise<void>;
  readonly onBack: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const buttons = (
    <div class="row plan-buttons">
      <Button kind="primary" disabled={blocked !== undefined} onClick={onApply}>
        {isEmptyPlan(plan) ? 'Apply all the same' : 'Apply'}
      </Button>
      <Button onClick={onBack}>Back</Button>
    </div>
  );
  return (
    <>
      <div class="row spread">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {buttons}
      </div>
      {problem === undefined ? null : <Notice level="bad">{problem}</Notice>}
      {blocked === undefined ? null : <Notice level="bad">{blocked}</Notice>}
      <PlanView plan={plan}>
        <Definition before={before} after={after} plan={plan} />
      </PlanView>
    </>
  );
}
