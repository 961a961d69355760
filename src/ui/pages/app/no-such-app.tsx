import { Notice } from '../../components/notice.js';
import { links } from '../../router/links.js';
import { apps } from '../../stores/overview.js';
import { similarIds } from './similar-ids.js';

/** What is shown of an app that is not there, or not any more. */
export function NoSuchApp({ id, wasThere }: { readonly id: string; readonly wasThere: boolean }) {
  const similar = similarIds(
    id,
    [...apps.value.all.keys()].filter((other) => other !== id),
  );
  return (
    <>
      <h1>{id}</h1>
      <Notice level="warning" title={wasThere ? `${id} does not exist any more` : `There is no app or pod ${id}`}>
        {wasThere ? 'It was destroyed meanwhile. ' : 'It was never there, or it was destroyed. '}
        <a href={links.create({ id })}>Create it</a>
        {similar.length === 0 ? null : (
          <>
            <p class="similar-ids-head">Ids like it:</p>
            <ul class="similar-ids">
              {similar.map((other) => (
                <li key={other}>
                  <a href={links.app(other)}>{other}</a>
                </li>
              ))}
            </ul>
          </>
        )}
      </Notice>
    </>
  );
}
