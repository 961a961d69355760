import type { ChangedRoute, Preview, PreviewPlan, Report } from '../../api/routing.js';
import { UnifiedDiff } from '../../components/diff.js';
import { Notice } from '../../components/notice.js';
import { Label } from '../../components/status-label.js';
import { countText } from '../../components/text.js';
import { FoldedLines } from './folded-lines.js';
import { exampleText, runtimeLines, sourceText } from './plan-words.js';

const stages = {
  rule: 'It would not be stored',
  compile: 'It would be left out',
  template: 'The template gives no configuration',
  haproxy: 'HAProxy does not accept it',
} as const;

function Haproxy({ plan }: { readonly plan: PreviewPlan }) {
  switch (plan.kind) {
    case 'nothing':
      return (
        <p>
          <strong>HAProxy</strong> <span class="muted">Its configuration would be the same.</span>
        </p>
      );
    case 'runtime': {
      const lines = plan.changes.flatMap(runtimeLines);
      return (
        <>
          <p>
            <strong>HAProxy, without a reload.</strong> The running process is told {countText(plan.total, 'change')}:
          </p>
          <FoldedLines lines={lines} isCode />
        </>
      );
    }
    case 'reload':
      return (
        <>
          <p>
            <strong>HAProxy, by a reload.</strong> Connections are not cut. It is needed because:
          </p>
          <FoldedLines lines={plan.reasons} isCode={false} />
        </>
      );
  }
}

const effects = {
  gained: ['good', 'new'],
  lost: ['bad', 'goes'],
  moved: ['info', 'changes'],
} as const;

function Routes({ routes, total }: { readonly routes: readonly ChangedRoute[]; readonly total: number }) {
  if (routes.length === 0) return null;
  return (
    <section>
      <h3>Routes</h3>
      <ul class="lb-plan-routes">
        {routes.map((route) => {
          const [level, word] = effects[route.effect];
          const { example } = route;
          return (
            <li key={`${route.effect} ${route.name}`}>
              <div class="row">
                <Label level={level}>{word}</Label>
                <code class="wrap">{route.condition}</code>
                <span class="muted">
                  → {route.backend}, {sourceText(route.source)}, priority {route.priority}
                </span>
              </div>
              {example === null ? null : (
                <p class="muted">
                  For example <code class="wrap">{exampleText(example)}</code>: now {example.before ?? 'nobody, 503'},
                  then {example.after ?? 'nobody, 503'}
                </p>
              )}
            </li>
          );
        })}
      </ul>
      {total > routes.length ? <p class="muted">and {total - routes.length} more</p> : null}
    </section>
  );
}

function Reports({ title, reports, level }: { title: string; reports: readonly Report[]; level: 'warning' | 'good' }) {
  if (reports.length === 0) return null;
  return (
    <Notice level={level} title={title}>
      <ul class="lb-list">
        {reports.map(({ kind, id, reason }) => (
          <li key={`${kind} ${id} ${reason}`}>
            {kind} <code>{id}</code>: {reason}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** What a change of the rules would do. */
export function PlanView({ preview, title = 'Plan' }: { readonly preview: Preview; readonly title?: string }) {
  const { accepted, refusals, plan, diff, maps, routes, totalRoutes, shadows, totalShadows, reports, checked } =
    preview;
  return (
    <div class="lb-plan">
      <h3 class="row spread">
        <span>{title}</span>
        <Label level={accepted ? 'good' : 'bad'}>{accepted ? 'Accepted' : 'Refused'}</Label>
      </h3>
      {refusals.map(({ stage, id, reason }) => (
        <Notice key={`${stage} ${id ?? ''} ${reason}`} level="bad" title={stages[stage]}>
          {reason}
        </Notice>
      ))}
      {shadows.length === 0 ? null : (
        <Notice level="warning" title={`${countText(totalShadows, 'route')} would never get a request`}>
          <ul class="lb-list">
            {shadows.map(({ route, by, text }) => (
              <li key={`${route} ${by}`}>{text}</li>
            ))}
          </ul>
        </Notice>
      )}
      <Reports
        title="Left out, or not as its owner wants it"
        // What is refused is said above
        reports={reports.added.filter(({ reason }) => refusals.every((refusal) => refusal.reason !== reason))}
        level="warning"
      />
      <Reports title="Well again" reports={reports.solved} level="good" />
      {plan === null ? null : <Haproxy plan={plan} />}
      <Routes routes={routes} total={totalRoutes} />
      {maps.length === 0 ? null : (
        <details>
          <summary>
            Map files:{' '}
            {countText(
              maps.reduce((sum, { total }) => sum + total, 0),
              'entry',
              'entries',
            )}
          </summary>
          <ul class="lb-plan-lines mono">
            {maps.flatMap(({ file, entries, total }) => [
              ...entries.map(({ key, from, to }) => (
                <li key={`${file} ${key}`} class="wrap">
                  {file}: {key} {from ?? 'nothing'} → {to ?? 'nothing'}
                </li>
              )),
              ...(total > entries.length ? [<li key={file}>and {total - entries.length} more</li>] : []),
            ])}
          </ul>
        </details>
      )}
      {diff === null || diff.text === '' ? null : (
        <details open={diff.added + diff.removed <= 40}>
          <summary>
            haproxy.cfg: {countText(diff.added, 'line')} added, {diff.removed} removed
            {checked ? ', checked by haproxy -c' : ''}
          </summary>
          <UnifiedDiff text={diff.text} label="What changes in haproxy.cfg" />
          {diff.isCut ? <p class="muted">More is different than is shown.</p> : null}
        </details>
      )}
    </div>
  );
}
