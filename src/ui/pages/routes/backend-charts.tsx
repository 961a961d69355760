import { useMemo, useState } from 'preact/hooks';
import type { LbBackend } from '../../api/edge-live.js';
import { Chart } from '../../components/chart.js';
import { Button } from '../../components/button.js';
import { Empty } from '../../components/loading.js';
import { Label } from '../../components/status-label.js';
import { bytesText } from '../../components/text.js';
import { seriesText, shownMs } from '../../stores/backend-samples.js';
import { useEdgeView } from './edge-view.js';
import { ServerTable } from './server-table.js';
import { loadOf, loadText } from './server-words.js';

const pageSize = 4;

function BackendCharts({ backend }: { readonly backend: LbBackend }) {
  const { live } = useEdgeView();
  const { name, app, up, total, bytesIn, bytesOut, queued, servers } = backend;
  const { at, rate, sessions, errors, serverErrors, responseMs } = useMemo(
    () => live.samples.of(name),
    [live.backends.value, name],
  );
  const frame = { at, group: `backend ${name}`, seconds: shownMs / 1000 };
  return (
    <section class="panel lb-backend">
      <h4 class="row spread">
        <span class="wrap">{name}</span>
        <Label level={up ? 'good' : 'bad'}>{up ? 'up' : 'down'}</Label>
      </h4>
      <p class="muted">
        {app === null ? '' : `${app}; `}
        {loadText(loadOf([backend]))}; {total} requests or connections, {bytesText(bytesIn)} in, {bytesText(bytesOut)}{' '}
        out{queued === 0 ? '' : `, ${queued} in the queue`}
      </p>
      <div class="lb-backend-charts">
        <Chart
          {...frame}
          title="Rate"
          unit="/s"
          text={seriesText(rate, ' per second')}
          lines={[{ name: 'Requests', tone: 'info', values: rate }]}
        />
        <Chart
          {...frame}
          title="Sessions"
          unit=""
          text={seriesText(sessions, '')}
          lines={[{ name: 'Sessions', tone: 'good', values: sessions }]}
        />
        <Chart
          {...frame}
          title="Errors"
          unit="/s"
          text={`failed ${seriesText(errors, ' per second')}; 5xx ${seriesText(serverErrors, ' per second')}`}
          lines={[
            { name: 'Failed', tone: 'bad', values: errors },
            { name: '5xx', tone: 'warning', values: serverErrors },
          ]}
        />
        <Chart
          {...frame}
          title="Response time"
          unit=" ms"
          text={seriesText(responseMs, ' ms')}
          lines={[{ name: 'Mean', tone: 'info', values: responseMs }]}
        />
      </div>
      <details>
        <summary>Servers</summary>
        <ServerTable servers={servers} label={`Servers of ${name}`} />
      </details>
    </section>
  );
}

/** HAProxy's numbers of each backend in the last five minutes, as far as this page was open: the busiest first. */
export default function AllBackendCharts() {
  const { live } = useEdgeView();
  const [search, setSearch] = useState('');
  const [shown, setShown] = useState(pageSize);
  const [order, setOrder] = useState<readonly string[]>();
  const backends = live.backends.value?.backends;
  if (backends === undefined) return <Empty>HAProxy has said nothing of its backends yet.</Empty>;
  // The order of the first look stays: charts that jump cannot be read
  const known = order ?? [...backends].sort((a, b) => b.rate - a.rate || b.total - a.total).map(({ name }) => name);
  if (order === undefined && backends.length > 0) setOrder(known);
  const ranks = new Map(known.map((name, index) => [name, index]));
  const wanted = search.trim().toLowerCase();
  const found = backends
    .filter(({ name, app }) => `${name} ${app ?? ''}`.toLowerCase().includes(wanted))
    .sort((a, b) => (ranks.get(a.name) ?? Infinity) - (ranks.get(b.name) ?? Infinity));
  return (
    <>
      <div class="row">
        <label for="backend-search">Backends</label>
        <input
          id="backend-search"
          type="search"
          placeholder="Name or app"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <span class="muted">
          {found.length}, the busiest first
          {known.length < (live.backends.value?.total ?? 0) ? `; ${live.backends.value?.total} in all` : ''}
        </span>
      </div>
      {found.length === 0 ? <Empty>There is no such backend.</Empty> : null}
      {found.slice(0, shown).map((backend) => (
        <BackendCharts key={backend.name} backend={backend} />
      ))}
      {found.length > shown ? <Button onClick={() => setShown(shown + pageSize)}>Show more</Button> : null}
    </>
  );
}
