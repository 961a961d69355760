import type { ExplainedRoute, ExplainedServer, Explanation } from '../../api/routing.js';
import { Notice } from '../../components/notice.js';
import type { Level } from '../../components/notice.js';
import { Label } from '../../components/status-label.js';
import { useEdgeView } from './edge-view.js';
import { sourceText } from './plan-words.js';

const stateLevels: Readonly<Record<ExplainedServer['state'], Level | 'off'>> = {
  up: 'good',
  down: 'bad',
  draining: 'info',
  disabled: 'warning',
  unknown: 'off',
};

function levelOf({ route, backend, possible }: Explanation): Level {
  if (possible.length > 0) return 'info';
  if (backend === null) return 'warning';
  const usable = backend.servers.some(({ state }) => state === 'up' || state === 'unknown');
  return route === null && backend.app === null ? 'info' : usable ? 'good' : 'bad';
}

function AppName({ id }: { readonly id: string }) {
  const { appHref } = useEdgeView();
  const href = appHref(id);
  return href === undefined ? <>{id}</> : <a href={href}>{id}</a>;
}

function RouteItems({ routes }: { readonly routes: readonly ExplainedRoute[] }) {
  return (
    <ol class="lb-list">
      {routes.map((route) => (
        <li key={route.name}>
          <code class="wrap">{route.condition}</code> → {route.backend}{' '}
          <span class="muted">
            ({sourceText(route.source)}, priority {route.priority}
            {route.depends === undefined ? '' : `; if ${route.depends}`})
          </span>
        </li>
      ))}
    </ol>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: preact.ComponentChildren }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** What becomes of a request: in a few sentences, then piece by piece. */
export function ExplanationView({
  explanation,
  isBrief = false,
}: {
  readonly explanation: Explanation;
  /** Without the pieces that are seldom looked at. */
  readonly isBrief?: boolean;
}) {
  const { text, route, possible, shadowed, backend, onTheWay, leftOut, similarHosts, isCut } = explanation;
  return (
    <div class="lb-explanation">
      <Notice level={levelOf(explanation)}>{text}</Notice>
      {similarHosts.length === 0 ? null : (
        <Part title="Hosts that there are">
          <ul class="lb-list">
            {similarHosts.map((host) => (
              <li key={host}>
                <code>{host}</code>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {route === null ? null : (
        <Part title="Route">
          <RouteItems routes={[route]} />
        </Part>
      )}
      {possible.length === 0 ? null : (
        <Part title="Possible: it is up to what was not given">
          <RouteItems routes={possible} />
        </Part>
      )}
      {backend === null ? null : (
        <Part title={`Backend ${backend.name}`}>
          <p class="muted">
            {backend.app === null ? 'Fixed addresses' : <AppName id={backend.app} />}, {backend.mode}, balance{' '}
            {backend.balance}
            {backend.statesFrom === 'configuration' ? '; HAProxy was not asked for their state' : ''}
          </p>
          {backend.servers.length === 0 ? (
            <p>No servers.</p>
          ) : (
            <div class="scroll-x" tabIndex={0} role="region" aria-label="Servers">
              <table class="server-table">
                <thead>
                  <tr>
                    <th scope="col">Server</th>
                    <th scope="col">State</th>
                    <th scope="col">Check</th>
                    <th scope="col" class="number">
                      Sessions
                    </th>
                    <th scope="col">Instance</th>
                  </tr>
                </thead>
                <tbody>
                  {backend.servers.map(({ name, endpoint, state, status, check, sessions, taskId }) => (
                    <tr key={name}>
                      <td class="mono" title={name}>
                        {endpoint}
                      </td>
                      <td>
                        <Label level={stateLevels[state]}>{status ?? state}</Label>
                      </td>
                      <td>{check ?? <span class="muted">–</span>}</td>
                      <td class="number">{sessions ?? '–'}</td>
                      <td class="mono wrap">{taskId ?? <span class="muted">–</span>}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Part>
      )}
      {isBrief || onTheWay.length === 0 ? null : (
        <Part title="On the way">
          <ul class="lb-list">
            {onTheWay.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Part>
      )}
      {isBrief || shadowed.length === 0 ? null : (
        <Part title="In its shadow: these fit as well and get nothing of it">
          <RouteItems routes={shadowed} />
        </Part>
      )}
      {leftOut.length === 0 ? null : (
        <Part title="Left out">
          <ul class="lb-list">
            {leftOut.map(({ kind, id, reason }) => (
              <li key={`${kind} ${id}`}>
                {kind} <code>{id}</code>: {reason}
              </li>
            ))}
          </ul>
        </Part>
      )}
      {isCut ? <p class="muted">There are more than are shown.</p> : null}
    </div>
  );
}
