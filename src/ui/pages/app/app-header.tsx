import type { OverviewApp } from '../../api/overview.js';
import { destroyApp, resetDelay, restartApp, scaleApp, suspendApp } from '../../actions/app-actions.js';
import { Button, ButtonLink } from '../../components/button.js';
import { CopyButton } from '../../components/copy.js';
import { countsText, HealthBar } from '../../components/health-bar.js';
import { StatusLabel } from '../../components/status-label.js';
import { countText, mibText, numberText } from '../../components/text.js';
import { Ago } from '../../components/time.js';
import { links } from '../../router/links.js';
import { go } from '../../router/place.js';
import { deployments } from '../../stores/overview.js';
import { shortVersion } from './short-id.js';
import type { SubjectFacts } from './subject.js';

function parentOf(id: string): string {
  return id.slice(0, id.lastIndexOf('/')) || '/';
}

/** The deployment that is at work on it: how far it is. */
function DeploymentLine({ id, deployment }: { readonly id: string; readonly deployment: string }) {
  const found = deployments.value.find((one) => one.id === deployment);
  const waits = found?.currentActions.find(({ app }) => app === id)?.waitsFor;
  return (
    <p class="app-deployment" role="status">
      In deployment{' '}
      <a href={links.deployments()}>
        {found === undefined ? deployment : `step ${found.currentStep} of ${found.totalSteps}`}
      </a>
      {waits === undefined || waits === null ? null : <span class="muted"> {waits}</span>}
    </p>
  );
}

function Buttons({ facts, line }: { readonly facts: SubjectFacts; readonly line: OverviewApp | undefined }) {
  const { id, kind, instances } = facts;
  const acted = { id, kind, instances };
  return (
    <div class="row app-buttons" role="group" aria-label={`Actions on ${id}`}>
      <Button onClick={() => scaleApp(acted)}>Scale</Button>
      {kind === 'app' ? <Button onClick={() => restartApp(acted)}>Restart</Button> : null}
      {line?.status === 'Delayed' ? <Button onClick={() => resetDelay(acted)}>Reset delay</Button> : null}
      <Button onClick={() => suspendApp(acted)} disabled={instances === 0}>
        Suspend
      </Button>
      <ButtonLink href={links.edit(id)}>Edit</ButtonLink>
      <Button
        kind="danger"
        onClick={async () => {
          if (await destroyApp(acted)) {
            const group = parentOf(id);
            go(group === '/' ? ['apps'] : ['group', group]);
          }
        }}
      >
        Destroy
      </Button>
    </div>
  );
}

/** How an app or pod is, and what can be done with it. */
export function AppHeader({ facts, line }: { readonly facts: SubjectFacts; readonly line: OverviewApp | undefined }) {
  const { id, kind, version, instances, resources, labels } = facts;
  const { cpus, mem, disk, gpus } = resources;
  const shown = [
    `${numberText(cpus)} CPU`,
    `${mibText(mem)} memory`,
    ...(disk > 0 ? [`${mibText(disk)} disk`] : []),
    ...(gpus > 0 ? [`${numberText(gpus)} GPU`] : []),
  ].join(', ');
  return (
    <header class="app-head">
      <div class="row spread app-title">
        <div class="row">
          <h1>{id}</h1>
          <CopyButton text={id} what="the id" />
          {kind === 'pod' ? <span class="app-kind">Pod</span> : null}
          {line === undefined ? null : <StatusLabel status={line.status} />}
        </div>
        <Buttons facts={facts} line={line} />
      </div>
      {line === undefined ? null : (
        <div class="app-health">
          <HealthBar counts={line.counts} />
          <span>
            {countsText(line.counts)} <span class="muted">of {countText(instances, 'instance')} wanted</span>
          </span>
        </div>
      )}
      {line?.deployment === null || line === undefined ? null : <DeploymentLine id={id} deployment={line.deployment} />}
      {line?.delayedUntil === null || line === undefined ? null : (
        <p class="app-deployment">
          After failures the next launch comes <Ago at={line.delayedUntil} />
        </p>
      )}
      <dl class="app-facts">
        <div>
          <dt>Version</dt>
          <dd>
            <a href={links.app(id, 'configuration')} title={version}>
              {shortVersion(version)}
            </a>{' '}
            <span class="muted">
              <Ago at={version} />
            </span>
          </dd>
        </div>
        <div>
          <dt>Each instance</dt>
          <dd>{shown}</dd>
        </div>
        {Object.keys(labels).length === 0 ? null : (
          <div class="app-facts-wide">
            <dt>Labels</dt>
            <dd>
              <ul class="app-chips">
                {Object.entries(labels).map(([name, value]) => (
                  <li key={name} title={`${name}=${value}`}>
                    <span class="muted">{name}</span>
                    {value === '' ? '' : `=${value}`}
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        )}
      </dl>
    </header>
  );
}
