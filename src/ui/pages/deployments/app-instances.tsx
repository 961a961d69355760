import type { DeployingApp, DeployingPod } from '../../api/deploying.js';
import type { OverviewApp } from '../../api/overview.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { Label } from '../../components/status-label.js';
import { countText } from '../../components/text.js';
import { Ago } from '../../components/time.js';
import { idPath, request } from '../../http/request.js';
import { problemOf, useLoaded } from '../../live/use-loaded.js';
import { links } from '../../router/links.js';
import { appNow } from '../../stores/overview.js';
import { shortId } from '../app/short-id.js';
import { linesOfApp, linesOfPod } from './instance-lines.js';
import type { InstanceLine } from './instance-lines.js';

/** More of one app are only counted here: its own page has them all. */
const maxLines = 30;

function Health({ health }: { readonly health: InstanceLine['health'] }) {
  if (health === undefined) return <span class="muted">–</span>;
  return (
    <Label level={health === 'healthy' ? 'good' : health === 'unhealthy' ? 'bad' : 'off'}>
      {health === 'unknown' ? 'no result yet' : health}
    </Label>
  );
}

function InstanceRow({ id, line }: { readonly id: string; readonly line: InstanceLine }) {
  return (
    <tr class={line.isNew ? 'instance-new' : 'instance-old'}>
      <td>
        <a class="mono" href={links.task(id, line.id)} title={line.id}>
          {shortId(line.id)}
        </a>
      </td>
      <td>
        <span class={line.isNew ? 'version-tag version-new' : 'version-tag'} title={line.version}>
          {line.isNew ? 'new' : 'before'}
        </span>
      </td>
      <td>{line.state}</td>
      <td>
        <Health health={line.health} />
      </td>
      <td class="mono wrap">{line.place}</td>
      <td>
        <Ago at={line.since} />
      </td>
    </tr>
  );
}

function countsText(lines: readonly InstanceLine[]): string {
  const old = lines.filter(({ isNew }) => !isNew).length;
  return `${countText(lines.length - old, 'instance')} of the new version, ${old} of the one before`;
}

/** The instances of an app or pod while it is deployed: which are new, which are still of the version before. */
export function AppInstances({ id }: { readonly id: string }) {
  const app = appNow(id);
  return app === undefined ? (
    <p class="muted">There is no such app any more; its instances are being ended.</p>
  ) : (
    <DefinedInstances app={app} />
  );
}

function DefinedInstances({ app: { id, kind, revision } }: { readonly app: OverviewApp }) {
  const isPod = kind === 'pod';
  const loaded = useLoaded<readonly InstanceLine[]>(
    async (signal) =>
      isPod
        ? linesOfPod(await request<DeployingPod>(`v2/pods/${idPath(id)}::status`, { signal }))
        : linesOfApp(await request<DeployingApp>(`v2/apps/${idPath(id)}`, { signal })),
    [id, isPod],
    [revision],
  );
  const { data } = loaded;
  const problem = problemOf(loaded);
  if (data === undefined) {
    return problem === undefined ? <Loading what="the instances" /> : <Notice level="warning">{problem}</Notice>;
  }
  if (data.length === 0) return <p class="muted">No instances now.</p>;
  return (
    <>
      <p class="muted">{countsText(data)}</p>
      <div class="scroll-x">
        <table class="deploying-instances" aria-label={`Instances of ${id}`}>
          <thead>
            <tr>
              <th scope="col">Instance</th>
              <th scope="col">Version</th>
              <th scope="col">State</th>
              <th scope="col">Health</th>
              <th scope="col">Address</th>
              <th scope="col">Started</th>
            </tr>
          </thead>
          <tbody>
            {data.slice(0, maxLines).map((line) => (
              <InstanceRow key={line.id} id={id} line={line} />
            ))}
          </tbody>
        </table>
      </div>
      {data.length > maxLines ? (
        <p>
          <a href={links.app(id)}>And {data.length - maxLines} more</a>
        </p>
      ) : null}
    </>
  );
}
