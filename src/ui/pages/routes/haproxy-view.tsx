import { useEffect, useState } from 'preact/hooks';
import type { ComponentType } from 'preact';
import type { LbReloads } from '../../api/edge-live.js';
import type { EdgeStatus } from '../../api/edge-status.js';
import { Button } from '../../components/button.js';
import { Empty, Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import type { Level } from '../../components/notice.js';
import { Label } from '../../components/status-label.js';
import { countText, spanText } from '../../components/text.js';
import { Ago } from '../../components/time.js';
import { edgeRequestText } from '../../http/edge-request.js';
import { messageOf } from '../../http/api-error.js';
import { useLoaded } from '../../live/use-loaded.js';
import { ConfigView } from './config-view.js';
import { useEdgeView } from './edge-view.js';
import { FoldedLines } from './folded-lines.js';
import { Reading } from './problem.js';
import { useReloads, useStatus } from './use-edge.js';

const states: Readonly<Record<EdgeStatus['haproxy']['state'], readonly [Level | 'off', string]>> = {
  running: ['good', 'Running'],
  waiting: ['info', 'Waits for the first catalog of apps'],
  down: ['bad', 'Down: it should run and does not'],
  missing: ['bad', 'There is no haproxy program'],
};

type Change = LbReloads['changes'][number];

function Summary({ status, changes }: { readonly status: EdgeStatus; readonly changes: readonly Change[] }) {
  const { haproxy, counts, connected, scheduler, draining } = status;
  const [level, text] = states[haproxy.state];
  const since = changes.find(({ kind }) => kind === 'reload' || kind === 'restart');
  return (
    <>
      {haproxy.hint === undefined ? null : <Notice level="warning">{haproxy.hint}</Notice>}
      <dl class="lb-facts">
        <div>
          <dt>State</dt>
          <dd>
            <Label level={level}>{text}</Label>
          </dd>
        </div>
        <div>
          <dt>Process</dt>
          <dd>
            {haproxy.pid ?? '–'}
            {since === undefined ? null : (
              <span class="muted">
                , since <Ago at={since.at} />
              </span>
            )}
          </dd>
        </div>
        <div>
          <dt>Configuration</dt>
          <dd class="mono wrap">{haproxy.generation ?? '–'}</dd>
        </div>
        <div>
          <dt>Changes</dt>
          <dd>
            {countText(counts.reloads, 'reload')}, {counts.runtimeChanges} told at run time
          </dd>
        </div>
        <div>
          <dt>Replaced processes</dt>
          <dd>{counts.oldProcesses === 0 ? 'none left' : `${counts.oldProcesses} still serve their connections`}</dd>
        </div>
        <div>
          <dt>Scheduler</dt>
          <dd class="wrap">
            <Label level={connected ? 'good' : 'warning'}>
              {scheduler ?? 'none known'}
              {connected ? '' : ', not connected'}
            </Label>
          </dd>
        </div>
      </dl>
      {draining.length === 0 ? null : (
        <Notice level="info" title={`${countText(draining.length, 'instance')} drains`}>
          <p>They are about to be killed, and are still in use here:</p>
          <ul class="lb-list mono">
            {draining.map((task) => (
              <li key={task} class="wrap">
                {task}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

const kinds: Readonly<Record<Change['kind'], readonly [Level, string]>> = {
  reload: ['info', 'Reload'],
  runtime: ['good', 'At run time'],
  failed: ['bad', 'Failed'],
  restart: ['warning', 'Restart'],
};

const fewChanges = 10;

function Changes({ changes }: { readonly changes: readonly Change[] }) {
  const [isAll, setAll] = useState(false);
  if (changes.length === 0) return <Empty>Nothing was changed since this load balancer began.</Empty>;
  return (
    <>
      <ol class="lb-changes" aria-label="Changes of HAProxy">
        {changes.slice(0, isAll ? undefined : fewChanges).map(({ at, kind, durationMs, reasons, generation }) => {
          const [level, text] = kinds[kind];
          return (
            <li key={`${at} ${kind} ${generation ?? ''}`} class="lb-change">
              <div class="lb-change-head">
                <Label level={level}>{text}</Label>
                <span class="muted">
                  <Ago at={at} />
                  {durationMs === null ? '' : `, took ${spanText(durationMs)}`}
                </span>
              </div>
              <FoldedLines lines={reasons} isCode={kind === 'runtime'} />
            </li>
          );
        })}
      </ol>
      {changes.length > fewChanges && !isAll ? <Button onClick={() => setAll(true)}>Show all of them</Button> : null}
    </>
  );
}

/** The charts come with a library of their own, which nobody else needs. */
function Charts() {
  const [Content, setContent] = useState<ComponentType>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let isHere = true;
    import('./backend-charts.js').then(
      (module) => isHere && setContent(() => module.default),
      (error: unknown) => isHere && setProblem(messageOf(error)),
    );
    return () => {
      isHere = false;
    };
  }, []);
  if (problem !== undefined) {
    return (
      <Notice level="bad" title="The charts could not be loaded">
        {problem}
      </Notice>
    );
  }
  return Content === undefined ? <Loading what="the charts" /> : <Content />;
}

function LeftOut({ reports }: { readonly reports: EdgeStatus['reports'] }) {
  if (reports.length === 0) return <p class="muted">Nothing: everything is as its owner wants it.</p>;
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label="Left out">
      <table>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Which</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {reports.map(({ kind, id, reason }) => (
            <tr key={`${kind} ${id} ${reason}`}>
              <td>{kind}</td>
              <td class="mono wrap">{id}</td>
              <td class="wrap">{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** HAProxy itself: its state and numbers, what was changed and why, what is left out, and its configuration. */
export function HaproxyView() {
  const { edge } = useEdgeView();
  const status = useStatus();
  const reloads = useReloads();
  const generation = status.data?.haproxy.generation ?? null;
  const config = useLoaded(
    (signal) => edgeRequestText(edge, 'ekiden/v1/config', { signal }),
    [edge ?? null],
    [generation],
  );
  const changes = reloads.data?.changes ?? [];
  return (
    <>
      <h2>HAProxy</h2>
      <Reading loaded={status} what="the state" />
      {status.data === undefined ? null : <Summary status={status.data} changes={changes} />}
      <h3>Left out</h3>
      {status.data === undefined ? null : <LeftOut reports={status.data.reports} />}
      <h3>Backends, the last five minutes</h3>
      <Charts />
      <h3>Last changes</h3>
      <Reading loaded={reloads} what="the changes" />
      {reloads.data === undefined ? null : <Changes changes={changes} />}
      <h3>haproxy.cfg</h3>
      <Reading loaded={config} what="the configuration" />
      {config.data === undefined ? null : <ConfigView text={config.data} />}
    </>
  );
}
