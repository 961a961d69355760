import { Button } from '../../components/button.js';
import { Diff } from '../../components/diff.js';
import { Notice } from '../../components/notice.js';
import { At } from '../../components/time.js';
import { problemOf, useLoaded } from '../../live/use-loaded.js';
import { canonicalText } from './json-value.js';
import type { JsonObject } from './json-value.js';
import { loadDefinition } from './load-definition.js';
import { withoutSecrets } from './secrets.js';

/** Says that what is edited was changed by somebody else, and how; offers to go on from there. */
export function ChangedMeanwhile({
  id,
  kind,
  base,
  version,
  onRebase,
  onDrop,
}: {
  readonly id: string;
  readonly kind: 'app' | 'pod';
  /** What the editing began with. */
  readonly base: JsonObject;
  /** The version that there is now. */
  readonly version: string;
  readonly onRebase: (definition: JsonObject, version: string) => void;
  readonly onDrop: () => void;
}) {
  const loaded = useLoaded((signal) => loadDefinition(id, { kind, signal }), [id, version]);
  const theirs = loaded.data;
  return (
    <Notice level="warning" title={`${id} was changed meanwhile`}>
      <p>
        By somebody else, or a program: it has another version now, of <At at={version} />. To apply what is here would
        undo that.
      </p>
      {theirs === undefined ? (
        <p>{problemOf(loaded) ?? 'Reading what is different …'}</p>
      ) : (
        <>
          <Diff
            json
            before={canonicalText(withoutSecrets(base))}
            after={canonicalText(withoutSecrets(theirs.definition, base))}
            label="What somebody else has changed"
          />
          <p class="row">
            <Button kind="primary" onClick={() => onRebase(theirs.definition, theirs.version)}>
              Keep both: put my changes on top
            </Button>
            <Button onClick={onDrop}>Drop my changes</Button>
          </p>
        </>
      )}
    </Notice>
  );
}
