import type { ComponentChildren } from 'preact';
import type { ChangePlan } from '../../api/plan.js';
import { Notice } from '../../components/notice.js';
import { ChangeSection, GroupSection } from './plan-changes.js';
import { EdgeSection } from './plan-edges.js';
import { actionText, isEmptyPlan, planWarnings } from './plan-words.js';
import './plan.css';

const maxSections = 50;
const maxSteps = 100;

/**
 * A plan: what would change, in which steps, where instances would go, what name servers and load balancers would do. `children`: shown
 * below the warnings, such as the definition.
 */
export function PlanView({ plan, children }: { readonly plan: ChangePlan; readonly children?: ComponentChildren }) {
  const warnings = planWarnings(plan);
  const { changes, groups, steps, edges } = plan;
  return (
    <div class="plan">
      {warnings.length === 0 ? null : (
        <Notice level="warning" title="Worth knowing first">
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
      {isEmptyPlan(plan) ? <Notice level="info" title="Nothing would change" /> : null}
      {children}
      <div class="plan-columns">
        <section class="panel" aria-labelledby="plan-changes">
          <h2 id="plan-changes">What changes</h2>
          {changes.length + groups.length === 0 ? <p class="muted">Nothing.</p> : null}
          {changes.slice(0, maxSections).map((change) => (
            <ChangeSection key={change.app ?? change.pod} change={change} />
          ))}
          {changes.length > maxSections ? (
            <p class="muted">… and {changes.length - maxSections} more apps and pods</p>
          ) : null}
          {groups.slice(0, maxSections).map((group) => (
            <GroupSection key={group.group} group={group} />
          ))}
          {steps.length === 0 ? null : (
            <>
              <h3>Steps, one after the other</h3>
              <ol>
                {steps.slice(0, maxSteps).map(({ actions }, index) => (
                  <li key={index}>{actions.map(actionText).join('; at the same time ')}</li>
                ))}
              </ol>
              {steps.length > maxSteps ? <p class="muted">… and {steps.length - maxSteps} more steps</p> : null}
            </>
          )}
        </section>
        <section class="panel" aria-labelledby="plan-edges">
          <h2 id="plan-edges">Names and routes</h2>
          {edges === undefined ? (
            <p class="muted">Name servers and load balancers were not asked: their answers are not for this user.</p>
          ) : edges.length === 0 ? (
            <p class="muted">No name server and no load balancer follows this scheduler now.</p>
          ) : (
            <>
              {edges.map((edge) => (
                <EdgeSection key={`${edge.role} ${edge.edge}`} edge={edge} />
              ))}
              <p class="muted">Instances that are still to be launched have no ports yet: they are not in it.</p>
            </>
          )}
        </section>
      </div>
    </div>
  );
}
