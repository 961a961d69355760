import type { Explanation } from '../../../api/explanation.js';
import type { OverviewApp } from '../../../api/overview.js';
import { resetDelay } from '../../../actions/app-actions.js';
import { Button } from '../../../components/button.js';
import { Loading } from '../../../components/loading.js';
import { Notice } from '../../../components/notice.js';
import { spanText } from '../../../components/text.js';
import { Ago, At } from '../../../components/time.js';
import { now } from '../../../live/now.js';
import { problemOf } from '../../../live/use-loaded.js';
import type { Loaded } from '../../../live/use-loaded.js';
import { links } from '../../../router/links.js';
import type { Subject, SubjectFacts } from '../subject.js';
import { EndedInstances } from './ended-instances.js';
import { LastFailure } from './last-failure.js';
import { LaunchStatistics } from './launch-statistics.js';
import { OfferNumbers } from './offer-numbers.js';
import { waitingText } from './reasons.js';
import { WhyNotPlaced } from './why-not-placed.js';
import './debug.css';

function Delay({ facts, explanation }: { readonly facts: SubjectFacts; readonly explanation: Explanation }) {
  const { delay } = explanation;
  const leftMs = delay === undefined ? 0 : Date.parse(delay.until) - now.value;
  if (delay === undefined || leftMs <= 0) return null;
  const { lastFailure, delaySeconds } = delay;
  return (
    <Notice level="warning" title={`The next launch is in ${spanText(Math.ceil(leftMs / 1000) * 1000)}`}>
      <p>
        After failures launches are delayed, now by {spanText(delaySeconds * 1000)}.
        {lastFailure === undefined ? null : (
          <>
            {' '}
            The last one ended <Ago at={lastFailure.endedAt} /> on {lastFailure.host}: {lastFailure.text}.{' '}
            <a href={links.task(facts.id, lastFailure.taskId, { file: 'stderr' })}>Its stderr</a>
          </>
        )}
      </p>
      <Button onClick={() => resetDelay(facts)}>Reset delay</Button>
    </Notice>
  );
}

function Waiting({ facts, explanation }: { readonly facts: SubjectFacts; readonly explanation: Explanation }) {
  const text = waitingText(explanation);
  const { since, deployment } = explanation;
  return (
    <>
      {text === undefined ? (
        <p>
          {explanation.live >= explanation.instances
            ? `All ${explanation.instances} instances that are wanted are placed.`
            : 'No instance waits for an offer.'}
        </p>
      ) : (
        <p>
          <strong>{text}</strong>{' '}
          {since === undefined ? null : (
            <span class="muted">Waiting for {spanText(Math.max(1000, now.value - Date.parse(since)))}.</span>
          )}
        </p>
      )}
      <Delay facts={facts} explanation={explanation} />
      {deployment === undefined ? null : (
        <p>
          <a href={links.deployments()}>Deployment</a>, step {deployment.step} of {deployment.steps}:{' '}
          {deployment.waitsFor.length === 0
            ? 'everything of it is done.'
            : `waits for: ${deployment.waitsFor.map((one) => one.text).join('; ')}.`}
        </p>
      )}
    </>
  );
}

function Changes({ subject }: { readonly subject: Subject }) {
  if (subject.kind === 'pod') {
    return (
      <dl class="app-facts">
        <div>
          <dt>State</dt>
          <dd>
            {subject.pod.status} <Ago at={subject.pod.statusSince} />
            {subject.pod.message === undefined ? null : <p class="muted">{subject.pod.message}</p>}
          </dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>
            <At at={subject.pod.spec.version} />
          </dd>
        </div>
      </dl>
    );
  }
  const { versionInfo } = subject.app;
  return (
    <dl class="app-facts">
      <div>
        <dt>Scaled or restarted last</dt>
        <dd>
          <At at={versionInfo?.lastScalingAt} />{' '}
          <span class="muted">
            <Ago at={versionInfo?.lastScalingAt} />
          </span>
        </dd>
      </div>
      <div>
        <dt>Configuration changed last</dt>
        <dd>
          <At at={versionInfo?.lastConfigChangeAt} />{' '}
          <span class="muted">
            <Ago at={versionInfo?.lastConfigChangeAt} />
          </span>
        </dd>
      </div>
    </dl>
  );
}

/** What is needed to find out why an app or pod is not as it is wanted. */
export default function DebugTab({
  subject,
  facts,
  line,
  explained,
}: {
  readonly subject: Subject;
  readonly facts: SubjectFacts;
  readonly line: OverviewApp | undefined;
  readonly explained: Loaded<Explanation | undefined>;
}) {
  const { data } = explained;
  const problem = problemOf(explained);
  return (
    <>
      <section class="panel">
        <div class="row spread debug-head">
          <h2>Why not placed</h2>
          <Button small onClick={explained.reload}>
            Read again
          </Button>
        </div>
        {problem === undefined ? null : <Notice level="bad">{problem}</Notice>}
        {data === undefined ? (
          problem === undefined ? (
            <Loading what="the reasons" />
          ) : null
        ) : (
          <>
            <Waiting facts={facts} explanation={data} />
            <WhyNotPlaced explanation={data} id={facts.id} />
            <OfferNumbers id={facts.id} explanation={data} revision={line?.revision ?? 0} />
          </>
        )}
      </section>
      <section class="panel">
        <h2>Last task failure</h2>
        <LastFailure failure={subject.kind === 'app' ? subject.app.lastTaskFailure : undefined} id={facts.id} />
      </section>
      <section class="panel">
        <h2>Ended instances</h2>
        <EndedInstances id={facts.id} ended={data?.ended ?? []} />
      </section>
      <section class="panel">
        <h2>Last changes</h2>
        <Changes subject={subject} />
      </section>
      {subject.kind === 'app' ? (
        <section class="panel">
          <h2>Launch statistics</h2>
          <LaunchStatistics stats={subject.app.taskStats ?? {}} />
        </section>
      ) : null}
    </>
  );
}
