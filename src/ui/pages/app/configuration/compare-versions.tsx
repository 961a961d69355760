import { useId } from 'preact/hooks';
import { Diff } from '../../../components/diff.js';
import { Loading } from '../../../components/loading.js';
import { Notice } from '../../../components/notice.js';
import { problemOf, useLoaded } from '../../../live/use-loaded.js';
import { canonicalText } from '../../edit/json-value.js';
import { withoutSecrets } from '../../edit/secrets.js';
import { storedVersion } from './stored-versions.js';

function VersionChoice({
  label,
  versions,
  value,
  onChoose,
}: {
  readonly label: string;
  readonly versions: readonly string[];
  readonly value: string;
  readonly onChoose: (version: string) => void;
}) {
  const id = useId();
  return (
    <span class="row">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {versions.map((version, index) => (
          <option key={version} value={version}>
            {new Date(version).toLocaleString()}
            {index === 0 ? ' (current)' : ''}
          </option>
        ))}
      </select>
    </span>
  );
}

/** Two versions, line by line. */
export function CompareVersions({
  id,
  kind,
  versions,
  from,
  to,
  onChoose,
  isOpen,
}: {
  readonly id: string;
  readonly kind: 'app' | 'pod';
  readonly versions: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly onChoose: (from: string, to: string) => void;
  /** Values that are called as secrets are shown. */
  readonly isOpen: boolean;
}) {
  const loaded = useLoaded(
    (signal) => Promise.all([storedVersion(id, kind, from, signal), storedVersion(id, kind, to, signal)]),
    [id, kind, from, to],
  );
  const problem = problemOf(loaded);
  const [before, after] = loaded.data ?? [];
  return (
    <section aria-labelledby="compare-versions">
      <h2 id="compare-versions">Compare</h2>
      <div class="row">
        <VersionChoice label="From" versions={versions} value={from} onChoose={(version) => onChoose(version, to)} />
        <VersionChoice label="to" versions={versions} value={to} onChoose={(version) => onChoose(from, version)} />
      </div>
      {problem !== undefined ? (
        <Notice level="bad" title="The versions could not be read">
          {problem}
        </Notice>
      ) : before === undefined || after === undefined ? (
        <Loading what="the versions" />
      ) : (
        <Diff
          json
          before={canonicalText(isOpen ? before : withoutSecrets(before))}
          after={canonicalText(isOpen ? after : withoutSecrets(after, before))}
          label="The two versions"
        />
      )}
    </section>
  );
}
