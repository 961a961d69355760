import { useMemo } from 'preact/hooks';
import type { OverviewApp } from '../../api/overview.js';
import { destroyApp, resetDelay, restartApp, scaleApp, suspendApp } from '../../actions/app-actions.js';
import { HealthBar } from '../../components/health-bar.js';
import { Menu } from '../../components/menu.js';
import type { MenuItem } from '../../components/menu.js';
import { StatusLabel } from '../../components/status-label.js';
import { spanText } from '../../components/text.js';
import { now } from '../../live/now.js';
import { links } from '../../router/links.js';
import { setQuery } from '../../router/place.js';
import { factsOf } from './app-facts.js';
import { AppCpus, AppMemory, Cell, InstanceCount } from './cells.js';
import { filter } from './list-model.js';
import { filterQuery, toggledLabel } from './list-query.js';

/** So many labels stand in a line; the rest is counted. */
const maxChips = 2;

function filterByLabel(key: string, value: string): void {
  setQuery(filterQuery({ labels: toggledLabel(filter.value.labels, { key, value }) }));
}

function Chips({ labels }: { readonly labels: OverviewApp['labels'] }) {
  const all = Object.entries(labels);
  const rest = all.slice(maxChips);
  return (
    <>
      {all.slice(0, maxChips).map(([key, value]) => (
        // The sidebar offers the same to the keyboard
        <button
          key={key}
          type="button"
          class="apps-chip"
          tabIndex={-1}
          title={`${key}=${value}: show only what has this label, or not any more`}
          onClick={() => filterByLabel(key, value)}
        >
          {value === '' ? key : `${key}=${value}`}
        </button>
      ))}
      {rest.length === 0 ? null : (
        <span class="apps-chip apps-chip-rest" title={rest.map(([key, value]) => `${key}=${value}`).join('\n')}>
          +{rest.length}
        </span>
      )}
    </>
  );
}

function Countdown({ until }: { readonly until: string }) {
  const left = Date.parse(until) - now.value;
  return <>{left >= 1000 ? `next try in ${spanText(left)}` : 'next try now'}</>;
}

/** What stands below the status: why it is so, and where to read more. */
function StatusDetail({ app, waitsFor }: { readonly app: OverviewApp; readonly waitsFor: string | undefined }) {
  const { id, status, deployment, delayedUntil, draining } = app;
  const debug = links.app(id, 'debug');
  return (
    <small class="apps-status-detail">
      {status === 'Delayed' && delayedUntil !== null ? (
        <a href={debug} title="It failed too often. See its last failure">
          <Countdown until={delayedUntil} />
        </a>
      ) : null}
      {status === 'Waiting' ? (
        <a href={debug} title={waitsFor ?? 'It waits for an offer that fits. See what is wrong with those that came'}>
          why?
        </a>
      ) : null}
      {deployment === null ? null : (
        <a
          href={links.deployments()}
          title={waitsFor === undefined ? `Deployment ${deployment}` : `${waitsFor} (deployment ${deployment})`}
        >
          {status === 'Deploying' && waitsFor !== undefined ? waitsFor : 'deployment'}
        </a>
      )}
      {draining > 0 ? (
        <span title="Load balancers let go of these instances before they are killed">{draining} draining</span>
      ) : null}
    </small>
  );
}

function itemsOf(app: OverviewApp): readonly MenuItem[] {
  const { id, kind, status, instances } = app;
  return [
    { text: 'Scale …', act: () => scaleApp(app) },
    ...(kind === 'app' ? [{ text: 'Restart …', act: () => restartApp(app) }] : []),
    {
      text: 'Suspend …',
      act: () => suspendApp(app),
      ...(instances === 0 ? { blocked: 'No instances are wanted already' } : {}),
    },
    ...(status === 'Delayed' ? [{ text: 'Reset delay', act: () => resetDelay(app) }] : []),
    {
      text: 'Edit',
      act: () => {
        location.hash = links.edit(id);
      },
    },
    { text: 'Destroy …', act: () => destroyApp(app), danger: true },
  ];
}

function cellsOf(app: OverviewApp, group: string, isFlat: boolean, waitsFor: string | undefined) {
  const { id, kind, status, instances, counts, cpus, mem, runs, labels } = app;
  const slash = id.lastIndexOf('/') + 1;
  return (
    <>
      <Cell name="name">
        <span class="apps-title">
          <a href={links.app(id)} title={id}>
            {isFlat ? (
              <>
                <span class="muted">{id.slice(0, slash)}</span>
                {id.slice(slash)}
              </>
            ) : (
              id.slice(group === '/' ? 1 : group.length + 1)
            )}
          </a>
          {kind === 'pod' ? <span class="apps-chip apps-chip-rest">pod</span> : null}
        </span>
        <span class="apps-more">
          <code title={runs}>{runs}</code>
          <Chips labels={labels} />
        </span>
      </Cell>
      <Cell name="cpus">
        <AppCpus cpus={cpus} instances={instances} />
      </Cell>
      <Cell name="mem">
        <AppMemory mem={mem} instances={instances} />
      </Cell>
      <Cell name="status">
        <StatusLabel status={status} />
        <StatusDetail app={app} waitsFor={waitsFor} />
      </Cell>
      <Cell name="instances">
        <InstanceCount running={factsOf(app).running} wanted={instances} />
      </Cell>
      <Cell name="health">
        <HealthBar counts={counts} />
      </Cell>
      <Cell name="menu">
        <Menu label={`Actions for ${id}`} items={itemsOf(app)} />
      </Cell>
    </>
  );
}

/** An app or pod as a line; drawn again only when it is another line. `isFlat`: its group is not the one that is looked at. */
export function AppRow({
  app,
  group,
  isFlat,
  waitsFor,
}: {
  readonly app: OverviewApp;
  readonly group: string;
  readonly isFlat: boolean;
  readonly waitsFor: string | undefined;
}) {
  return useMemo(() => cellsOf(app, group, isFlat, waitsFor), [app, group, isFlat, waitsFor]);
}
