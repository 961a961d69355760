import { useState } from 'preact/hooks';
import { Button } from '../../../components/button.js';
import { Loading } from '../../../components/loading.js';
import { Notice } from '../../../components/notice.js';
import { At } from '../../../components/time.js';
import { problemOf, useLoaded } from '../../../live/use-loaded.js';
import { links } from '../../../router/links.js';
import { loadDefinition, loadVersions } from '../../edit/load-definition.js';
import { hasSecrets } from '../../edit/secrets.js';
import type { AppTabProps } from '../tab-props.js';
import { CompareVersions } from './compare-versions.js';
import { DefinitionView } from './definition-view.js';
import { VersionList } from './version-list.js';
import './configuration.css';

/** How an app or pod is defined, how it was before, and the way back. */
export default function ConfigurationTab({ id, kind, revision }: AppTabProps) {
  const loaded = useLoaded(
    async (signal) => {
      const [now, versions] = await Promise.all([loadDefinition(id, { kind, signal }), loadVersions(id, kind, signal)]);
      return { now, versions };
    },
    [id, kind],
    [revision],
  );
  const [compared, setCompared] = useState<{ readonly from: string; readonly to: string }>();
  const [isOpen, setOpen] = useState(false);
  const problem = problemOf(loaded);

  if (loaded.data === undefined) {
    if (problem === undefined) return <Loading what="the definition" />;
    return (
      <Notice level="bad" title="The definition could not be read">
        {problem}
      </Notice>
    );
  }
  const { now, versions } = loaded.data;
  const [newest, previous] = versions;
  const from = compared?.from ?? previous;
  const to = compared?.to ?? newest;
  return (
    <div class="configuration">
      {problem === undefined ? null : <Notice level="warning">Not read again: {problem}</Notice>}
      <div class="row spread">
        <h2>
          Definition{' '}
          <span class="muted">
            of <At at={now.version} />
          </span>
        </h2>
        <div class="row">
          {hasSecrets(now.definition) ? (
            <Button small onClick={() => setOpen(!isOpen)}>
              {isOpen ? 'Hide secrets' : 'Show secrets'}
            </Button>
          ) : null}
          <a class="button button-small" href={links.edit(id)}>
            Edit
          </a>
          <a class="button button-small" href={links.create({ copy: id })}>
            Copy to a new one
          </a>
        </div>
      </div>
      <DefinitionView definition={now.definition} isOpen={isOpen} />
      <VersionList
        id={id}
        kind={kind}
        versions={versions}
        current={now.definition}
        onCompare={(version) => {
          setCompared({ from: version, to: newest ?? version });
          document.getElementById('compare-versions')?.scrollIntoView({ block: 'start' });
        }}
      />
      {from === undefined || to === undefined ? null : (
        <CompareVersions
          id={id}
          kind={kind}
          versions={versions}
          from={from}
          to={to}
          onChoose={(chosenFrom, chosenTo) => setCompared({ from: chosenFrom, to: chosenTo })}
          isOpen={isOpen}
        />
      )}
    </div>
  );
}
