import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { problemOf, useLoaded } from '../../live/use-loaded.js';
import { links } from '../../router/links.js';
import type { PageProps } from '../../router/page-view.js';
import { place } from '../../router/place.js';
import { appNow } from '../../stores/overview.js';
import { Editor } from './editor.js';
import { loadStart } from './start.js';
import './edit.css';

/** Creates an app (or a pod, a group, several apps, as JSON), or edits one. */
export default function EditPage({ params }: PageProps) {
  const { id } = params;
  const { version, copy, example, group } = place.value.query;
  const about = [id, version, copy, example, group];
  const kind = appNow(id ?? copy ?? '')?.kind;
  const loaded = useLoaded((signal) => loadStart({ id, kind, version, copy, example, group }, signal), about);
  const problem = problemOf(loaded);
  if (problem !== undefined) {
    return (
      <Notice level="bad" title={id === undefined ? 'This cannot be begun with' : `${id} cannot be edited`}>
        {problem} <a href={links.applications()}>To the applications</a>
      </Notice>
    );
  }
  if (loaded.data === undefined || loaded.isLoading) return <Loading what={id ?? 'what to begin with'} />;
  return <Editor key={JSON.stringify([about, loaded.data])} start={loaded.data} onReload={loaded.reload} />;
}
