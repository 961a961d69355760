import type { PlannedChange, PlannedDifference, PlannedGroup, PlannedPlacement } from '../../api/plan.js';
import { Label } from '../../components/status-label.js';
import { countText } from '../../components/text.js';
import { effectText, placementText, refusalText } from './plan-words.js';
import { differenceText } from './difference-text.js';

const maxDifferences = 100;

function Differences({ differences }: { readonly differences: readonly PlannedDifference[] }) {
  if (differences.length === 0) return null;
  const more = differences.length - maxDifferences;
  return (
    <div class="scroll-x">
      <table class="plan-table">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Now</th>
            <th scope="col">Then</th>
          </tr>
        </thead>
        <tbody>
          {differences.slice(0, maxDifferences).map((difference) => {
            const { name, from, to } = differenceText(difference);
            return (
              <tr key={difference.path}>
                <th scope="row" class="mono">
                  {name}
                </th>
                <td class="mono wrap">{from ?? <span class="muted">–</span>}</td>
                <td class="mono wrap">{to ?? <span class="muted">–</span>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {more > 0 ? <p class="muted">… and {more} more</p> : null}
    </div>
  );
}

function Placement({ placement }: { readonly placement: PlannedPlacement }) {
  const { agents, refusing, refusingAgents, missing } = placement;
  if (placement.wanted === 0) return null;
  return (
    <div class="plan-placement">
      <p>{placementText(placement)}</p>
      {agents.length === 0 ? null : (
        <ul>
          {agents.map(({ agentId, hostname, instances }) => (
            <li key={agentId}>
              {instances} on <strong>{hostname}</strong>
            </li>
          ))}
        </ul>
      )}
      {missing === 0 || refusing.length === 0 ? null : (
        <details open={refusing.length <= 5}>
          <summary>Why no more: {countText(refusingAgents, 'agent')}</summary>
          <ul>
            {refusing.map(({ agentId, hostname, refusals }) => (
              <li key={agentId}>
                <strong>{hostname}</strong>: {refusals.map(refusalText).join('; ')}
              </li>
            ))}
          </ul>
          {refusingAgents > refusing.length ? (
            <p class="muted">… and {refusingAgents - refusing.length} more agents</p>
          ) : null}
        </details>
      )}
    </div>
  );
}

const levels = { create: 'good', delete: 'bad', restart: 'warning', scale: 'info', change: 'info' } as const;

/** One app or pod of a plan: what changes, and where its new instances would go. */
export function ChangeSection({ change }: { readonly change: PlannedChange }) {
  const id = change.app ?? change.pod ?? '';
  return (
    <section class="plan-change">
      <h3>
        <span class="mono wrap">{id}</span> <Label level={levels[change.effect]}>{effectText(change)}</Label>
      </h3>
      <p>{change.summary}</p>
      <Differences differences={change.differences ?? []} />
      {change.placement === undefined ? null : <Placement placement={change.placement} />}
    </section>
  );
}

/** One group of a plan. */
export function GroupSection({ group }: { readonly group: PlannedGroup }) {
  return (
    <section class="plan-change">
      <h3>
        Group <span class="mono wrap">{group.group}</span> <Label level={levels[group.effect]}>{group.effect}</Label>
      </h3>
      <Differences differences={group.differences ?? []} />
    </section>
  );
}
