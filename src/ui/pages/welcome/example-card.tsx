import { useState } from 'preact/hooks';
import { ApiError, messageOf } from '../../http/api-error.js';
import { request } from '../../http/request.js';
import { withForce } from '../../actions/forced.js';
import { Button, ButtonLink } from '../../components/button.js';
import { CopyButton } from '../../components/copy.js';
import { HealthBar } from '../../components/health-bar.js';
import { Notice } from '../../components/notice.js';
import { StatusLabel } from '../../components/status-label.js';
import { say } from '../../components/toast.js';
import { links } from '../../router/links.js';
import { apps, appNow } from '../../stores/overview.js';
import { prefixOf, sumOf } from '../applications/group-rows.js';
import { compactJson } from './compact-json.js';
import type { Example } from './examples.js';

function deploy({ kind, definition }: Example): Promise<unknown> {
  return withForce((force) =>
    request(kind === 'group' ? 'v2/groups' : 'v2/apps', {
      method: 'POST',
      query: { force: force ? true : undefined },
      body: definition,
    }),
  );
}

/** What has become of an example that runs; nothing when it does not. */
function Standing({ example: { kind, definition } }: { readonly example: Example }) {
  const { id } = definition;
  if (kind === 'app') {
    const app = appNow(id);
    return app === undefined ? null : (
      <p class="welcome-standing">
        <StatusLabel status={app.status} />
        <HealthBar counts={app.counts} />
        <a href={links.app(id)}>See {id}</a>
      </p>
    );
  }
  const prefix = prefixOf(id);
  const sum = sumOf(
    id,
    [...apps.value.all.values()].filter((app) => app.id.startsWith(prefix)),
  );
  const [first] = sum.statuses;
  return first === undefined ? null : (
    <p class="welcome-standing">
      <StatusLabel status={first.status} />
      <HealthBar counts={sum.counts} />
      <a href={links.group(id)}>See {id}</a>
    </p>
  );
}

/** An example with its JSON, which can be sent as it is. */
export function ExampleCard({ example }: { readonly example: Example }) {
  const { name, title, text, kind, needsDocker, definition } = example;
  const [problem, setProblem] = useState<unknown>();
  const json = compactJson(definition);
  const send = async (): Promise<void> => {
    setProblem(undefined);
    try {
      if ((await deploy(example)) !== undefined) say('good', `${definition.id} is being deployed`);
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <article class="panel welcome-example" aria-labelledby={`example-${name}`}>
      <h3 id={`example-${name}`}>{title}</h3>
      <p>
        {text}
        {needsDocker ? ' Needs Docker on the agent.' : ''}
      </p>
      <div class="welcome-json">
        <div class="row spread">
          <code class="muted">POST /v2/{kind}s</code>
          <CopyButton text={json} what={`the JSON of ${definition.id}`} />
        </div>
        <pre tabIndex={0} role="region" aria-label={`JSON of ${definition.id}`}>
          {json}
        </pre>
      </div>
      {problem === undefined ? null : (
        <Notice level="bad" title={`${definition.id} was not deployed`}>
          {messageOf(problem)}
          {problem instanceof ApiError && problem.details.length > 0 ? (
            <ul>
              {problem.details.map(({ path, errors }) => (
                <li key={path}>
                  <code>{path}</code> {errors.join(' ')}
                </li>
              ))}
            </ul>
          ) : null}
        </Notice>
      )}
      <div class="row welcome-actions">
        <Button kind="primary" label={`Deploy ${definition.id}`} onClick={send}>
          Deploy
        </Button>
        <ButtonLink href={links.create({ example: name })}>
          {kind === 'app' ? 'Open in the form' : 'Open as JSON'}
        </ButtonLink>
        <Standing example={example} />
      </div>
    </article>
  );
}
