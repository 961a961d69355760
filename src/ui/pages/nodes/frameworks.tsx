import type { Frameworks } from '../../api/cluster.js';
import { Label } from '../../components/status-label.js';
import { mibText, numberText } from '../../components/text.js';
import { webUrl } from '../../components/web-url.js';

type Framework = Frameworks['frameworks'][number];

function State({ active, connected }: Framework) {
  if (active && connected) return <Label level="good">connected</Label>;
  return <Label level="warning">{connected ? 'deactivated' : 'away'}</Label>;
}

function Name({ name, webuiUrl }: Framework) {
  const url = webUrl(webuiUrl);
  return url === undefined ? (
    <>{name}</>
  ) : (
    <a href={url} rel="noreferrer">
      {name}
    </a>
  );
}

/** Who shares the cluster. */
export function FrameworksTable({ frameworks }: Frameworks) {
  return (
    <div class="scroll-x" role="region" aria-label="Who shares the cluster" tabIndex={0}>
      <table class="frameworks" aria-label="Frameworks">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col">Roles</th>
            <th scope="col" class="number">
              Tasks
            </th>
            <th scope="col" class="number">
              CPUs
            </th>
            <th scope="col" class="number">
              Memory
            </th>
            <th scope="col">Id</th>
          </tr>
        </thead>
        <tbody>
          {frameworks.map((framework) => (
            <tr key={framework.id}>
              <td>
                <Name {...framework} />
                {framework.isOwn ? <span class="muted"> (this scheduler)</span> : null}
              </td>
              <td>
                <State {...framework} />
              </td>
              <td>{framework.roles.join(', ')}</td>
              <td class="number">{framework.tasks}</td>
              <td class="number">{numberText(framework.used.cpus)}</td>
              <td class="number">{mibText(framework.used.mem)}</td>
              <td>
                <code class="wrap">{framework.id}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
