import { useState } from 'preact/hooks';
import type { OverviewDeployment } from '../../api/overview.js';
import { Button } from '../../components/button.js';
import { CopyButton } from '../../components/copy.js';
import { Meter } from '../../components/meter.js';
import { countText } from '../../components/text.js';
import { Ago } from '../../components/time.js';
import { links } from '../../router/links.js';
import { appNow } from '../../stores/overview.js';
import { actionWords } from './action-words.js';
import { AppInstances } from './app-instances.js';
import { doneShare } from './deployment-share.js';
import { rollBack, stopByForce } from './deployment-actions.js';

/** So many actions of a step that is not under way are listed. */
const maxListed = 8;

export interface DeploymentCardProps {
  readonly deployment: OverviewDeployment;
  /** Whose instances are shown without being asked for. */
  readonly openApps: ReadonlySet<string>;
}

type Step = OverviewDeployment['steps'][number];
type CurrentAction = OverviewDeployment['currentActions'][number];

function StepActions({ step }: { readonly step: Step }) {
  const { actions, more = 0 } = step;
  const rest = more + Math.max(0, actions.length - maxListed);
  return (
    <ul class="step-actions">
      {actions.slice(0, maxListed).map(({ action, app }) => (
        <li key={`${action} ${app}`} title={action}>
          {actionWords(action)} <a href={links.app(app)}>{app}</a>
        </li>
      ))}
      {rest > 0 ? <li class="muted">and {rest} more</li> : null}
    </ul>
  );
}

function CurrentActionView({ current, isFirst }: { readonly current: CurrentAction; readonly isFirst: boolean }) {
  const { action, app, done, wanted, waitsFor } = current;
  const [isOpen, setOpen] = useState(isFirst);
  const line = appNow(app);
  const draining = line?.draining ?? 0;
  const isDefined = line !== undefined;
  const isDone = waitsFor === null && done >= wanted;
  const text = action === 'ResolveArtifacts' ? `${done} of ${wanted} artifacts` : `${done} of ${wanted} instances`;
  return (
    <li class="current-action">
      <div class="current-action-head">
        <span title={action}>
          {actionWords(action)} <a href={links.app(app)}>{app}</a>
        </span>
        {wanted === 0 ? null : (
          <span class="current-action-progress">
            <Meter value={done} max={wanted} text={text} level={isDone ? 'good' : undefined} />
            <span class="number">{text}</span>
          </span>
        )}
      </div>
      {isDone ? (
        <p class="muted">Done; the step goes on with its other actions.</p>
      ) : waitsFor === null ? null : (
        <p class="waits-for">
          Waiting: {waitsFor}. {isDefined ? <a href={links.app(app, 'debug')}>Why</a> : null}
        </p>
      )}
      {draining > 0 ? (
        <p class="muted">
          {countText(draining, 'instance')} being taken out of load balancers and DNS before the end.{' '}
          <a href={links.app(app, 'endpoints')}>Who still uses them</a>
        </p>
      ) : null}
      <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Instances of {app}</summary>
        {isOpen ? <AppInstances id={app} /> : null}
      </details>
    </li>
  );
}

function stateOf(number: number, current: number): 'done' | 'current' | 'coming' {
  return number < current ? 'done' : number === current ? 'current' : 'coming';
}

const stateWords = { done: 'done', current: 'under way', coming: 'to come' } as const;

/** The steps with their actions: done, under way with progress, to come. */
function Stepper({ deployment, openApps }: DeploymentCardProps) {
  const { steps, currentStep, currentActions, more } = deployment;
  return (
    <ol class="stepper">
      {steps.map((step, index) => {
        const state = stateOf(index + 1, currentStep);
        return (
          <li
            key={index}
            class={`step step-${state}`}
            aria-current={state === 'current' ? 'step' : undefined}
            aria-label={`Step ${index + 1}, ${stateWords[state]}`}
          >
            <span class="step-mark" aria-hidden="true">
              {state === 'done' ? '✓' : index + 1}
            </span>
            <div class="step-body">
              {state === 'current' ? (
                <ul class="current-actions">
                  {currentActions.map((current) => (
                    <CurrentActionView
                      key={`${current.action} ${current.app}`}
                      current={current}
                      isFirst={openApps.has(current.app)}
                    />
                  ))}
                  {(more?.actions ?? 0) > 0 ? <li class="muted">and {more?.actions} more actions</li> : null}
                </ul>
              ) : (
                <StepActions step={step} />
              )}
            </div>
          </li>
        );
      })}
      {(more?.steps ?? 0) > 0 ? <li class="muted">and {countText(more?.steps ?? 0, 'more step')}</li> : null}
    </ol>
  );
}

/** A deployment under way. */
export function DeploymentCard({ deployment, openApps }: DeploymentCardProps) {
  const { id, startedAt, affectedApps, currentStep, totalSteps, more } = deployment;
  const [first = ''] = affectedApps;
  const share = doneShare(deployment);
  const others = affectedApps.length - 1 + (more?.apps ?? 0);
  const title = others <= 0 ? first : `${first} and ${countText(others, 'more app')}`;
  return (
    <section class="panel deployment" aria-label={`Deployment of ${title}`}>
      <header class="row spread">
        <div>
          <h2>{title}</h2>
          <p class="row muted deployment-facts">
            <span>
              Step {currentStep} of {totalSteps}
            </span>
            <span>
              started <Ago at={startedAt} />
            </span>
            <span class="row">
              <code>{id}</code> <CopyButton text={id} what="the id of the deployment" />
            </span>
          </p>
        </div>
        <div class="row">
          <Button label={`Roll back the deployment of ${title}`} onClick={() => rollBack(deployment)}>
            Roll back
          </Button>
          <Button
            kind="danger"
            label={`Stop the deployment of ${title}`}
            title="Stops it where it is; nothing is undone"
            onClick={() => stopByForce(deployment)}
          >
            Stop
          </Button>
        </div>
      </header>
      <Meter value={share} max={1} text={`${Math.floor(share * 100)} % done`} level="good" />
      <Stepper deployment={deployment} openApps={openApps} />
    </section>
  );
}
