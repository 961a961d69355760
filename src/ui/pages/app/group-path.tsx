import { links } from '../../router/links.js';

/** The groups that something is in, as links: `Applications / prod / web`. The last one is the thing itself, or what `children` are. */
export function GroupPath({ id, task }: { readonly id: string; readonly task?: string }) {
  const segments = id.split('/').filter((segment) => segment !== '');
  const own = segments.length - 1;
  return (
    <nav class="group-path" aria-label="Breadcrumbs">
      <ol>
        <li>
          <a href={links.applications()}>Applications</a>
        </li>
        {segments.map((segment, i) => {
          const path = `/${segments.slice(0, i + 1).join('/')}`;
          return (
            <li key={path}>
              {i < own ? (
                <a href={links.group(path)}>{segment}</a>
              ) : task === undefined ? (
                <span aria-current="page">{segment}</span>
              ) : (
                <a href={links.app(path)}>{segment}</a>
              )}
            </li>
          );
        })}
        {task === undefined ? null : (
          <li>
            <span aria-current="page">{task}</span>
          </li>
        )}
      </ol>
    </nav>
  );
}
