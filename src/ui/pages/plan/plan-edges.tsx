import type { DnsPlan, PlannedEdge } from '../../api/plan.js';
import type { Preview } from '../../api/routing.js';
import { UnifiedDiff } from '../../components/diff.js';
import { Label } from '../../components/status-label.js';
import { countText } from '../../components/text.js';
import { haproxyText } from './plan-words.js';

const maxLines = 50;

function Names({ title, names }: { readonly title: string; readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <ul class="plan-names">
        {names.slice(0, maxLines).map((name) => (
          <li key={name} class="mono wrap">
            {name}
          </li>
        ))}
        {names.length > maxLines ? <li class="muted">… and {names.length - maxLines} more</li> : null}
      </ul>
    </>
  );
}

function Dns({ plan }: { readonly plan: DnsPlan }) {
  const { added, removed, expected, names } = plan;
  const coming = expected.flatMap(({ names: brought }) => brought);
  const isQuiet = added.length + removed.length + coming.length === 0;
  if (isQuiet) return <p class="muted">No name changes.</p>;
  const line = ({ name, type, data }: DnsPlan['added'][number]): string => `${name} ${type} ${data}`;
  return (
    <>
      <p>
        {countText(added.length, 'record')} added, {removed.length} removed; {countText(names.added.length, 'name')}{' '}
        new, {names.removed.length} gone.
      </p>
      <Names title="With the first instance" names={coming} />
      <Names title="Records added" names={added.map(line)} />
      <Names title="Records removed" names={removed.map(line)} />
    </>
  );
}

const routeWords = { gained: 'new', lost: 'gone', moved: 'different' } as const;
const routeLevels = { gained: 'good', lost: 'bad', moved: 'info' } as const;

function Haproxy({ plan }: { readonly plan: Preview }) {
  const reasons = plan.plan?.kind === 'reload' ? plan.plan.reasons : [];
  return (
    <>
      {plan.refusals.length === 0 ? null : (
        <ul>
          {plan.refusals.map(({ stage, id, reason }) => (
            <li key={`${stage} ${id ?? ''} ${reason}`} class="field-error">
              {reason}
            </li>
          ))}
        </ul>
      )}
      {plan.routes.length === 0 ? null : (
        <>
          <h4>{countText(plan.totalRoutes, 'route')}</h4>
          <ul class="plan-names">
            {plan.routes.map(({ name, effect, condition, example }) => (
              <li key={name}>
                <Label level={routeLevels[effect]}>{routeWords[effect]}</Label> {condition}
                {example === null ? null : (
                  <span class="muted">
                    {' '}
                    · {example.host ?? 'any host'}
                    {example.path}: {example.before ?? 'nobody'} → {example.after ?? 'nobody'}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {reasons.length === 0 ? null : (
        <details open={reasons.length <= 4}>
          <summary>Why a reload: {countText(reasons.length, 'reason')}</summary>
          <ul class="mono">
            {reasons.map((reason) => (
              <li key={reason} class="wrap">
                {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
      {plan.diff === null || plan.diff.text === '' ? null : (
        <details>
          <summary>
            haproxy.cfg: +{plan.diff.added} −{plan.diff.removed}
          </summary>
          <UnifiedDiff text={plan.diff.text} label="haproxy.cfg, now and then" />
          {plan.diff.isCut ? <p class="muted">More is different than is shown.</p> : null}
        </details>
      )}
    </>
  );
}

function levelOf(edge: PlannedEdge): 'bad' | 'warning' | 'good' | 'off' {
  if ('error' in edge) return 'bad';
  if (edge.role === 'dns') return 'good';
  if (!edge.plan.accepted) return 'bad';
  return edge.plan.plan?.kind === 'reload' ? 'warning' : edge.plan.plan?.kind === 'runtime' ? 'good' : 'off';
}

/** What a change means to one name server or load balancer. */
export function EdgeSection({ edge }: { readonly edge: PlannedEdge }) {
  return (
    <section class="plan-change">
      <h3>
        {edge.role === 'dns' ? 'DNS' : 'HAProxy'} <span class="muted">{edge.edge}</span>{' '}
        {'error' in edge ? (
          <Label level="bad">not known</Label>
        ) : edge.role === 'lb' ? (
          <Label level={levelOf(edge)}>{haproxyText(edge.plan)}</Label>
        ) : null}
      </h3>
      {'error' in edge ? (
        <p>{edge.error}</p>
      ) : edge.role === 'dns' ? (
        <Dns plan={edge.plan} />
      ) : (
        <Haproxy plan={edge.plan} />
      )}
    </section>
  );
}
