import { Empty } from '../../../components/loading.js';
import { Label } from '../../../components/status-label.js';
import { mibText } from '../../../components/text.js';
import { CopyButton } from '../../../components/copy.js';
import { links } from '../../../router/links.js';
import { stateText } from '../instances/state-text.js';
import { shortId } from '../short-id.js';
import type { SubjectFacts } from '../subject.js';
import { madeVolumes } from './volume-rows.js';
import './volumes.css';

const kinds = {
  persistent: 'Persistent',
  host: 'Host',
  external: 'External',
  secret: 'Secret',
  ephemeral: 'Ephemeral',
} as const;

/** The volumes that an app or pod asks for, and the persistent ones that were made for its instances. */
export default function VolumesTab({ facts }: { readonly facts: SubjectFacts }) {
  const { id, volumes, rows } = facts;
  const made = madeVolumes(rows, volumes);
  return (
    <>
      <section class="panel">
        <h2>Defined</h2>
        {volumes.length === 0 ? (
          <Empty>The present definition has none.</Empty>
        ) : (
          <div class="scroll-x">
            <table aria-label="Defined volumes" class="volumes">
              <thead>
                <tr>
                  <th scope="col">Path in the container</th>
                  <th scope="col">Kind</th>
                  <th scope="col">Source</th>
                  <th scope="col">Mode</th>
                  <th scope="col" class="number">
                    Size
                  </th>
                </tr>
              </thead>
              <tbody>
                {volumes.map(({ kind, path, source, mode, sizeMib }) => (
                  <tr key={`${kind} ${path} ${source}`}>
                    <td class="mono">{path}</td>
                    <td>{kinds[kind]}</td>
                    <td class="mono">{source}</td>
                    <td>{mode === 'RO' ? 'read only' : 'read and write'}</td>
                    <td class="number">{sizeMib === undefined ? '–' : mibText(sizeMib)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      {volumes.some(({ kind }) => kind === 'persistent') || made.length > 0 ? (
        <section class="panel">
          <h2>Persistent volumes of the instances</h2>
          <p class="muted">
            They stay when an instance is killed, and its successor has them again, on the same agent. “Wipe” when
            killing, scaling down, and destroying the {facts.kind} delete them.
          </p>
          {made.length === 0 ? (
            <Empty>None has been made yet.</Empty>
          ) : (
            <div class="scroll-x">
              <table aria-label="Persistent volumes" class="volumes">
                <thead>
                  <tr>
                    <th scope="col">Volume</th>
                    <th scope="col">Path</th>
                    <th scope="col" class="number">
                      Size
                    </th>
                    <th scope="col">Status</th>
                    <th scope="col">Host</th>
                    <th scope="col">Instance</th>
                  </tr>
                </thead>
                <tbody>
                  {made.map(({ volume, instance, sizeMib, isAttached }) => (
                    <tr key={volume.persistenceId}>
                      <td class="mono">
                        <span title={volume.persistenceId}>{volume.uuid.slice(0, 8)}</span>
                        <CopyButton text={volume.persistenceId} what="the persistence id" />
                      </td>
                      <td class="mono">{volume.containerPath}</td>
                      <td class="number">{sizeMib === undefined ? '–' : mibText(sizeMib)}</td>
                      <td>
                        <Label level={isAttached ? 'good' : 'off'}>{isAttached ? 'Attached' : 'Detached'}</Label>
                      </td>
                      <td>
                        <a href={links.nodes(instance.host)}>{instance.host}</a>
                      </td>
                      <td>
                        {instance.taskId === undefined ? (
                          <span title={instance.id}>{shortId(instance.id)}</span>
                        ) : (
                          <a href={links.task(id, instance.taskId)} title={instance.id}>
                            {shortId(instance.id)}
                          </a>
                        )}{' '}
                        <span class="muted">{stateText(instance.state)}</span>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </section>
      ) : null}
    </>
  );
}
