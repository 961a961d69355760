import { CopyButton } from '../../components/copy.js';
import { problemOf, useLoaded } from '../../live/use-loaded.js';
import { links } from '../../router/links.js';
import { appNow } from '../../stores/overview.js';
import { curlCommand, digCommand } from './next-steps.js';
import { readReach } from './read-surroundings.js';

function Command({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <div class="welcome-command">
      <code>{text}</code>
      <CopyButton text={text} what={what} />
    </div>
  );
}

/** What can be done with an app that was deployed: its name, its route, its logs, with the real addresses of this cluster. */
export function NextSteps({ appId, host }: { readonly appId: string; readonly host: string }) {
  const app = appNow(appId);
  const reach = useLoaded((signal) => readReach(appId, host, signal), [appId, host], [app?.revision]);
  const { data } = reach;
  const problem = problemOf(reach);
  return (
    <ol class="welcome-steps">
      <li>
        <h3>Find it by its name</h3>
        <p>
          Once {appId} runs, the name server answers with the agents of its instances, whoever comes and goes; SRV
          records (<code>_web._tcp…</code>) have the ports, too.
        </p>
        {data === undefined ? null : (
          <>
            <Command text={digCommand(data.name, data.dns)} what="the command for the DNS" />
            {data.dns === undefined ? (
              <p class="muted">No name server follows this scheduler now: ask one that serves its cluster.</p>
            ) : (
              <p>
                {data.answer.length === 0 ? 'It has no answer yet. ' : `Now: ${data.answer.join(', ')}. `}
                <a href={links.dns(data.name)}>See why</a>
              </p>
            )}
          </>
        )}
      </li>
      <li>
        <h3>Reach it through HAProxy</h3>
        <p>
          Its label asks for the host <code>{host}</code>. Rules can lead any host, path or header to any application:{' '}
          <a href={links.routes()}>Routes</a>.
        </p>
        {data === undefined ? null : data.lb === undefined ? (
          <p class="muted">No load balancer follows this scheduler now: start one with “ekiden lb”.</p>
        ) : (
          <>
            <Command text={curlCommand(host, data.lb)} what="the command for HAProxy" />
            {data.routed === undefined ? null : <p class="muted">{data.routed}</p>}
          </>
        )}
        {problem === undefined ? null : <p class="muted">The addresses could not be read: {problem}</p>}
      </li>
      <li>
        <h3>Scale it, break it, change it</h3>
        <p>
          In the <a href={links.applications()}>list</a> each line has a menu: scale to 10 and back. On its page kill an
          instance and see another one come, or read what it writes. A change of its definition is rolled out step by
          step: <a href={links.deployments()}>Deployments</a> shows how far it is, and takes it back.
        </p>
      </li>
    </ol>
  );
}
