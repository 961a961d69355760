import { useState } from 'preact/hooks';
import { Button } from '../../../components/button.js';
import { Label } from '../../../components/status-label.js';
import { Ago, At } from '../../../components/time.js';
import { problemOf, useLoaded } from '../../../live/use-loaded.js';
import { links } from '../../../router/links.js';
import type { JsonObject } from '../../edit/json-value.js';
import { applyVersion } from './apply-version.js';
import { changeWords } from './change-words.js';
import { storedVersion } from './stored-versions.js';

const pageSize = 10;

interface Row {
  readonly version: string;
  readonly definition: JsonObject;
  readonly words: string;
}

/** The first versions with what each of them has changed; one after the other, since each is read by itself. */
async function loadRows(
  { id, kind, versions, count }: { id: string; kind: 'app' | 'pod'; versions: readonly string[]; count: number },
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [index, version] of versions.slice(0, count).entries()) {
    const earlier = versions[index + 1];
    const definition = await storedVersion(id, kind, version, signal);
    const words =
      earlier === undefined
        ? 'the oldest that is kept'
        : changeWords(await storedVersion(id, kind, earlier, signal), definition);
    rows.push({ version, definition, words });
  }
  return rows;
}

/** All versions, the newest first; each can be compared, edited, and applied again. */
export function VersionList({
  id,
  kind,
  versions,
  current,
  onCompare,
}: {
  readonly id: string;
  readonly kind: 'app' | 'pod';
  readonly versions: readonly string[];
  readonly current: JsonObject;
  readonly onCompare: (version: string) => void;
}) {
  const [count, setCount] = useState(pageSize);
  const loaded = useLoaded((signal) => loadRows({ id, kind, versions, count }, signal), [id, kind], [versions, count]);
  const rows = new Map(loaded.data?.map((row) => [row.version, row]));
  const problem = problemOf(loaded);
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      {problem === undefined ? null : <p class="field-error">{problem}</p>}
      <div class="scroll-x" role="region" aria-label="Versions" tabIndex={0}>
        <table class="versions">
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">What it changed</th>
              <th scope="col">
                <span class="hidden-text">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {versions.slice(0, count).map((version, index) => {
              const row = rows.get(version);
              const name = new Date(version).toLocaleString();
              return (
                <tr key={version}>
                  <th scope="row" class="version-time">
                    <At at={version} />{' '}
                    <span class="muted">
                      <Ago at={version} />
                    </span>{' '}
                    {index === 0 ? <Label level="good">current</Label> : null}
                  </th>
                  <td class="wrap">{row?.words ?? '…'}</td>
                  <td>
                    <div class="row version-actions">
                      {index === 0 ? null : (
                        <Button
                          small
                          label={`Compare ${name} with the current version`}
                          onClick={() => onCompare(version)}
                        >
                          Compare
                        </Button>
                      )}
                      <a
                        class="button button-small"
                        href={links.edit(id, index === 0 ? {} : { version })}
                        aria-label={index === 0 ? 'Edit the current version' : `Edit the version of ${name}`}
                      >
                        Edit
                      </a>
                      {index === 0 || row === undefined ? null : (
                        <Button
                          small
                          label={`Apply the version of ${name}`}
                          onClick={() => applyVersion({ id, kind }, version, row.definition, current)}
                        >
                          Apply
                        </Button>
                      )}
                    </div>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {versions.length > count ? (
        <Button small onClick={() => setCount(count + pageSize)}>
          Show more ({versions.length - count})
        </Button>
      ) : null}
    </section>
  );
}
