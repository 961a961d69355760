import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { StartupError } from '../../../common/errors.js';
import { interfaceFolder } from '../../../http/interface-folder.js';
import { pageHeaders } from '../../../http/page-headers.js';
import { addStaticFiles } from '../../../http/static-files.js';
import type { StaticFolder } from '../../../http/static-files.js';
import type { HttpServer } from '../../../http/server.js';
import { pathOf, uriNotFound } from '../context.js';
import type { FrontContext } from '../front-context.js';
import { acceptedTypes } from '../parse/accept.js';
import { sendRedirect } from '../redirect.js';
import { addResource } from '../resource.js';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Ekiden</title>
<h1>Ekiden</h1>
<p>The scheduler is running. This program was built without the web interface; the API says everything:</p>
<ul>
<li><a href="../v2/apps">/v2/apps</a>: apps
<li><a href="../v2/deployments">/v2/deployments</a>: running deployments
<li><a href="../v2/queue">/v2/queue</a>: apps that wait, and what for
<li><a href="../v2/tasks">/v2/tasks</a>: tasks
<li><a href="../v2/info">/v2/info</a>: this scheduler and its settings
</ul>
</html>
`;

/**
 * Where the files of the web interface are: `--assets_path`, else those that this program brings; undefined when it brings none. Throws
 * StartupError when the directory is none.
 */
export function assetsOf(assetsPath: string | undefined): StaticFolder | undefined {
  if (assetsPath === undefined) return interfaceFolder('index.html');
  const root = resolve(assetsPath);
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new StartupError(`--assets_path: ${root} is not a directory`);
  }
  return { root };
}

/**
 * `/` leads to `/ui/`, the web interface: the files of `--assets_path`, or our own. Throws StartupError when the directory that should be
 * served is none.
 */
export function addUi(server: HttpServer, context: FrontContext): void {
  addUiFiles(server, context, assetsOf(context.service.options.assetsPath));
}

/**
 * Serves the interface from a folder; without one a page that leads to the API. What it links to its own pages (`/ui/apps/…`, without an
 * ending) is the interface itself, too, for a browser.
 */
export function addUiFiles(server: HttpServer, context: FrontContext, assets: StaticFolder | undefined): void {
  const sendFile = assets === undefined ? undefined : addStaticFiles(server, assets);

  addResource(server, '/', { GET: (request, reply) => sendRedirect(context, request, reply, '/ui/') });
  addResource(server, '/ui', {
    GET: (request, reply) => {
      // Links of the page are relative to the folder
      if (!pathOf(request.url).endsWith('/')) return sendRedirect(context, request, reply, '/ui/');
      if (sendFile !== undefined) return sendFile(reply, 'index.html');
      return reply.headers(pageHeaders).type('text/html; charset=utf-8').send(page);
    },
  });
  addResource(server, '/ui/*', {
    GET: (request, reply) => {
      if (sendFile === undefined) throw uriNotFound(request);
      const path = (request.params as { '*': string })['*'];
      const name = path.slice(path.lastIndexOf('/') + 1);
      const isPage = !name.includes('.') && acceptedTypes(request).includes('text/html');
      return sendFile(reply, isPage ? 'index.html' : path);
    },
  });
}
