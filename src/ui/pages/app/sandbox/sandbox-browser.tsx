import type { SandboxFile, SandboxFolder } from '../../../api/sandbox.js';
import { Button } from '../../../components/button.js';
import { Empty, Loading } from '../../../components/loading.js';
import { Notice } from '../../../components/notice.js';
import { bytesText } from '../../../components/text.js';
import { Ago } from '../../../components/time.js';
import { request } from '../../../http/request.js';
import { problemOf, useLoaded } from '../../../live/use-loaded.js';
import { links } from '../../../router/links.js';
import { downloadUrl, sandboxPath } from './sandbox-urls.js';
import { foldersOf } from './task-facts.js';

function byKind(a: SandboxFile, b: SandboxFile): number {
  if (a.isFolder !== b.isFolder) return a.isFolder ? -1 : 1;
  return a.name.localeCompare(b.name, undefined, { numeric: true });
}

/** A folder of a task's sandbox: what is in it, with links to see and download it. */
export function SandboxBrowser({
  appId,
  taskId,
  path,
  state,
}: {
  readonly appId: string;
  readonly taskId: string;
  readonly path: string;
  /** Of the task: when it begins or ends, the folder is read again. */
  readonly state: string | undefined;
}) {
  const loaded = useLoaded(
    (signal) => request<SandboxFolder>(sandboxPath(taskId, 'browse'), { query: { path }, signal }),
    [taskId, path],
    [state],
  );
  const { data, isLoading, reload } = loaded;
  const problem = problemOf(loaded);
  const to = (folder: string): string => links.task(appId, taskId, { path: folder });
  const folders = foldersOf(path);
  return (
    <section aria-label="Sandbox" class="sandbox">
      <div class="row spread">
        <nav class="group-path" aria-label="Folders">
          <ol>
            <li>{path === '' ? <span aria-current="page">Sandbox</span> : <a href={to('')}>Sandbox</a>}</li>
            {folders.map((folder, i) => (
              <li key={folder.path}>
                {i === folders.length - 1 ? (
                  <span aria-current="page">{folder.name}</span>
                ) : (
                  <a href={to(folder.path)}>{folder.name}</a>
                )}
              </li>
            ))}
          </ol>
        </nav>
        <Button small busy={isLoading} onClick={reload}>
          Read again
        </Button>
      </div>
      {problem === undefined ? null : (
        <Notice level="warning" title="The folder could not be read">
          {problem}
        </Notice>
      )}
      {data === undefined ? (
        problem === undefined ? (
          <Loading what="the folder" />
        ) : null
      ) : data.files.length === 0 ? (
        <Empty>The folder is empty.</Empty>
      ) : (
        <table class="sandbox-files" aria-label={path === '' ? 'Files of the sandbox' : `Files of ${path}`}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" class="number">
                Size
              </th>
              <th scope="col">Changed</th>
              <th scope="col">Mode</th>
              <th scope="col">Owner</th>
              <th scope="col">
                <span class="hidden-text">Download</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {[...data.files].sort(byKind).map((file) => (
              <tr key={file.path}>
                <td class="wrap file-name">
                  {file.isFolder ? (
                    <a href={to(file.path)}>{file.name}/</a>
                  ) : (
                    <a href={links.task(appId, taskId, { path, file: file.path })}>{file.name}</a>
                  )}
                </td>
                <td class="number">{file.isFolder ? '' : bytesText(file.size)}</td>
                <td class="file-changed">
                  <Ago at={file.modifiedAt} />
                </td>
                <td class="mono file-more">{file.mode}</td>
                <td class="file-more">{file.owner}</td>
                <td class="number">
                  {file.isFolder ? null : (
                    <a href={downloadUrl(taskId, file.path)} download={file.name} aria-label={`Download ${file.name}`}>
                      Download
                    </a>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
