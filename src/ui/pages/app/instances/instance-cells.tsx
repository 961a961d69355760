import { Fragment } from 'preact';
import type { ComponentChildren } from 'preact';
import { CopyButton } from '../../../components/copy.js';
import { Menu } from '../../../components/menu.js';
import { Label } from '../../../components/status-label.js';
import { Ago } from '../../../components/time.js';
import { links } from '../../../router/links.js';
import { shortId, shortVersion } from '../short-id.js';
import type { SubjectFacts } from '../subject.js';
import type { ContainerRow, InstanceRow, RowHealth } from './instance-row.js';
import { killInstances } from './kill-instances.js';
import type { PortLink } from './ports.js';
import { stateLevel, stateText } from './state-text.js';

/** A cell of the list; `label` names it where a row is a card. */
export interface Cell {
  readonly key: string;
  readonly label: string;
  readonly content: ComponentChildren;
}

const healthWords = {
  healthy: ['good', 'Healthy'],
  unhealthy: ['bad', 'Unhealthy'],
  unknown: ['off', 'Unknown'],
  unchecked: ['off', 'No checks'],
} as const satisfies Readonly<Record<RowHealth, readonly [string, string]>>;

/** More ports are counted, not listed. */
const maxPorts = 3;

function Health({ health, text }: { readonly health: RowHealth; readonly text: string | undefined }) {
  const [level, word] = healthWords[health];
  if (health === 'unchecked') return <span class="muted">No checks</span>;
  return (
    <>
      <Label level={level} title={text}>
        {word}
      </Label>
      {text === undefined ? null : (
        <div class="cell-more" title={text}>
          {text}
        </div>
      )}
    </>
  );
}

function Ports({ ports }: { readonly ports: readonly PortLink[] }) {
  const shown = ports.slice(0, maxPorts);
  const rest = ports.slice(maxPorts);
  return (
    <>
      {shown.map(({ text, name, href }, i) => (
        <Fragment key={text}>
          {i === 0 ? ' ' : ', '}
          <span class="instance-port">
            {href === undefined ? text : <a href={href}>{text}</a>}
            {name === undefined ? null : <span class="muted"> {name}</span>}
          </span>
        </Fragment>
      ))}
      {rest.length === 0 ? null : (
        <span class="muted" title={rest.map(({ text }) => text).join(', ')}>
          {' '}
          +{rest.length}
        </span>
      )}
    </>
  );
}

function TaskLinks({
  appId,
  taskId,
  name,
}: {
  readonly appId: string;
  readonly taskId: string;
  readonly name: string;
}) {
  return (
    <span class="task-links">
      <a href={links.task(appId, taskId)} aria-label={`Sandbox of ${name}`}>
        Sandbox
      </a>{' '}
      <a href={links.task(appId, taskId, { file: 'stdout', follow: 'true' })} aria-label={`stdout of ${name}`}>
        stdout
      </a>{' '}
      <a href={links.task(appId, taskId, { file: 'stderr', follow: 'true' })} aria-label={`stderr of ${name}`}>
        stderr
      </a>
    </span>
  );
}

function Containers({ appId, row }: { readonly appId: string; readonly row: InstanceRow }) {
  return (
    <ul class="pod-containers">
      {row.containers.map((container: ContainerRow) => (
        <li key={container.taskId}>
          <strong>{container.name}</strong>{' '}
          <Label level={stateLevel(container.state)} title={container.message}>
            {stateText(container.state)}
          </Label>
          {container.health === 'unchecked' ? null : <Health health={container.health} text={undefined} />}
          <Ports ports={container.ports} />
          <TaskLinks appId={appId} taskId={container.taskId} name={`${container.name} of ${shortId(row.id)}`} />
          {container.message === undefined ? null : <span class="muted"> {container.message}</span>}
        </li>
      ))}
    </ul>
  );
}

/** The names of the columns besides the one to select by, in order; `sort`: what they are sorted by. */
export const columns = [
  { key: 'id', label: 'Instance', sort: 'id' },
  { key: 'state', label: 'State', sort: 'state' },
  { key: 'health', label: 'Health', sort: 'health' },
  { key: 'host', label: 'Host and ports', sort: 'host' },
  { key: 'version', label: 'Version', sort: 'version' },
  { key: 'started', label: 'Started', sort: 'started' },
  { key: 'links', label: 'Files', sort: undefined },
  { key: 'menu', label: 'Actions', sort: undefined },
] as const;

/** What a row shows. `draining`: whom it waits for before it is killed, in words. */
export function cellsOf(facts: SubjectFacts, row: InstanceRow, draining: string | undefined): readonly Cell[] {
  const { id: appId, kind } = facts;
  const name = shortId(row.id);
  const content: Readonly<Record<(typeof columns)[number]['key'], ComponentChildren>> = {
    id: (
      <>
        {row.taskId === undefined ? (
          <span class="mono" title={row.id}>
            {name}
          </span>
        ) : (
          <a class="mono" href={links.task(appId, row.taskId)} title={row.id}>
            {name}
          </a>
        )}
        <CopyButton text={row.id} what={`the id of ${name}`} />
      </>
    ),
    state: (
      <>
        <Label level={stateLevel(row.state)} title={row.state}>
          {stateText(row.state)}
        </Label>
        {row.isReady === undefined ? null : <div class="cell-more">{row.isReady ? 'Ready' : 'Not ready yet'}</div>}
        {draining === undefined ? null : (
          <div class="cell-more" title={draining}>
            {draining}
          </div>
        )}
      </>
    ),
    health: <Health health={row.health} text={row.healthText} />,
    host: (
      <>
        <a class="host" href={links.nodes(row.host)}>
          {row.host}
        </a>
        <Ports ports={row.ports} />
        {row.zone === undefined && row.addresses.length === 0 ? null : (
          <div class="cell-more">{[...row.addresses, row.zone].filter((text) => text !== undefined).join(' · ')}</div>
        )}
      </>
    ),
    version:
      row.version === undefined ? (
        <span class="muted">–</span>
      ) : (
        <>
          <span title={row.version} class="tabular">
            {shortVersion(row.version)}
          </span>
          {row.isOutdated ? (
            <div>
              <Label level="warning" title="The configuration was changed after it was launched">
                Outdated
              </Label>
            </div>
          ) : null}
        </>
      ),
    started:
      row.startedAt === undefined ? (
        <span class="muted">
          staged <Ago at={row.stagedAt} />
        </span>
      ) : (
        <Ago at={row.startedAt} />
      ),
    links:
      row.taskId === undefined ? (
        <Containers appId={appId} row={row} />
      ) : (
        <TaskLinks appId={appId} taskId={row.taskId} name={name} />
      ),
    menu: (
      <Menu
        label={`Actions on ${name}`}
        items={[
          { text: 'Kill', danger: true, act: () => killInstances({ facts, ids: [row.id], scale: false }) },
          ...(kind === 'pod'
            ? []
            : [
                {
                  text: 'Kill & scale',
                  danger: true,
                  act: () => killInstances({ facts, ids: [row.id], scale: true }),
                },
              ]),
        ]}
      />
    ),
  };
  return columns.map(({ key, label }) => ({
    key,
    label: key === 'links' && row.taskId === undefined ? 'Containers' : key === 'host' ? 'Host' : label,
    content: <div class="cell">{content[key]}</div>,
  }));
}
