import type { ComponentChildren } from 'preact';
import type { Info, Plugins } from '../../api/info.js';
import type { PropagationReport } from '../../api/propagation.js';
import { Button } from '../../components/button.js';
import { CopyButton } from '../../components/copy.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { Label } from '../../components/status-label.js';
import { Ago } from '../../components/time.js';
import { webUrl } from '../../components/web-url.js';
import { ApiError } from '../../http/api-error.js';
import { apiUrl, request, requestText } from '../../http/request.js';
import { serverTimeMs } from '../../live/server-clock.js';
import { problemOf, useLoaded } from '../../live/use-loaded.js';
import { showShortcuts } from '../../shell/shortcuts.js';
import { scheduler } from '../../stores/overview.js';
import { EdgeTable } from './edge-table.js';
import { settingsOf } from './settings.js';
import { SettingsList } from './settings-list.js';
import { startedAtMs } from './uptime.js';
import type { MetricsDocument } from './uptime.js';
import './about.css';

async function leads(signal: AbortSignal): Promise<boolean> {
  try {
    await requestText('ekiden/v1/leading', { signal });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 503) return false;
    throw error;
  }
}

async function startOf(signal: AbortSignal): Promise<number | undefined> {
  return startedAtMs(await request<MetricsDocument>('metrics', { signal }), serverTimeMs());
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="wrap">{children}</dd>
    </div>
  );
}

function Facts({ info }: { readonly info: Info }) {
  const leading = useLoaded(leads, []);
  const started = useLoaded(startOf, []);
  const { frameworkId, leader, version } = info;
  const ui = webUrl(info.marathon_config['mesos_leader_ui_url']);
  const master = scheduler.value?.master ?? null;
  return (
    <dl class="about-facts">
      <Fact name="Version">Ekiden {import.meta.env.EKIDEN_VERSION as string}</Fact>
      <Fact name="API">Marathon {version}</Fact>
      <Fact name="Leader">
        {leader ?? <span class="muted">none</span>}{' '}
        {leading.data === undefined ? null : leading.data ? (
          <Label level="good">this one</Label>
        ) : (
          <Label level="off">another one; {location.host} passes everything on to it</Label>
        )}
      </Fact>
      {started.data === undefined ? null : (
        <Fact name="Leader's process began">
          <Ago at={new Date(started.data).toISOString()} />
        </Fact>
      )}
      <Fact name="Framework id">
        {frameworkId === undefined || frameworkId === null ? (
          <span class="muted">not registered yet</span>
        ) : (
          <>
            <code>{frameworkId}</code> <CopyButton text={frameworkId} what="the framework id" />
          </>
        )}
      </Fact>
      <Fact name="Mesos master">
        {master === null ? <Label level="warning">not connected</Label> : master}
        {ui !== undefined ? (
          <>
            {' '}
            <a href={ui} rel="noreferrer">
              {ui}
            </a>
          </>
        ) : null}
      </Fact>
    </dl>
  );
}

function PluginList({ plugins }: Plugins) {
  if (plugins.length === 0) return <p class="muted">No plugins are loaded.</p>;
  return (
    <ul>
      {plugins.map(({ id, plugin, implementation, tags }) => (
        <li key={id} class="wrap">
          <strong>{id}</strong> <span class="muted">{plugin}</span> <code>{implementation}</code>
          {(tags ?? []).length === 0 ? '' : ` (${(tags ?? []).join(', ')})`}
        </li>
      ))}
    </ul>
  );
}

function More() {
  return (
    <ul class="more-links">
      <li>
        <a href={apiUrl('api-docs/')}>API reference</a>, <a href={apiUrl('api-docs/openapi.json')}>OpenAPI document</a>
      </li>
      <li>
        <a href={apiUrl('metrics')}>Metrics</a>, <a href={apiUrl('metrics/prometheus')}>for Prometheus</a>
      </li>
      <li>
        <Button small onClick={showShortcuts}>
          Keyboard shortcuts
        </Button>
      </li>
    </ul>
  );
}

/** Versions, who leads, who follows, and every setting. */
export default function AboutPage() {
  const info = useLoaded<Info>((signal) => request('v2/info', { signal }), []);
  const flags = useLoaded<Readonly<Record<string, unknown>>>((signal) => request('config', { signal }), []);
  const plugins = useLoaded<Plugins>((signal) => request('v2/plugins', { signal }), []);
  const edges = useLoaded<PropagationReport>(
    (signal) => request('ekiden/v1/propagation', { query: { limit: 1 }, signal }),
    [],
  );
  const problem = problemOf(info);
  const { marathon_config, zookeeper_config, http_config, event_subscriber } = info.data ?? {};
  return (
    <>
      <h1>About</h1>
      {problem === undefined ? null : (
        <Notice level="bad" title="The scheduler could not be asked">
          {problem}
        </Notice>
      )}
      <div class="about-columns">
        <section class="panel" aria-label="This scheduler">
          <h2>This scheduler</h2>
          {info.data === undefined ? problem === undefined ? <Loading what="it" /> : null : <Facts info={info.data} />}
        </section>
        <section class="panel" aria-label="More">
          <h2>More</h2>
          <More />
          <h3>Plugins</h3>
          {plugins.data === undefined ? (
            <p class="muted">{problemOf(plugins) ?? 'Reading …'}</p>
          ) : (
            <PluginList {...plugins.data} />
          )}
        </section>
      </div>
      <section aria-labelledby="edges">
        <h2 id="edges">Name servers and load balancers</h2>
        {edges.data === undefined ? (
          <p class="muted">{problemOf(edges) ?? 'Reading …'}</p>
        ) : (
          <EdgeTable edges={edges.data.edges} />
        )}
      </section>
      {info.data === undefined && flags.data === undefined ? null : (
        <SettingsList
          settings={settingsOf(flags.data ?? {}, [
            marathon_config,
            zookeeper_config,
            http_config,
            event_subscriber === undefined ? undefined : { event_subscriber },
          ])}
        />
      )}
      <p class="muted licences">
        This interface is built with Preact, Preact Signals, TanStack Virtual and uPlot, each under the MIT License.
      </p>
    </>
  );
}
