import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartupError } from '../../../common/errors.js';
import { packageRoot } from '../../../common/package-root.js';
import { addStaticFiles } from '../../../http/static-files.js';
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
<p>The scheduler is running. This page will be its web interface; until then, the API says everything:</p>
<ul>
<li><a href="../v2/apps">/v2/apps</a>: apps
<li><a href="../v2/deployments">/v2/deployments</a>: running deployments
<li><a href="../v2/queue">/v2/queue</a>: apps that wait, and what for
<li><a href="../v2/tasks">/v2/tasks</a>: tasks
<li><a href="../v2/info">/v2/info</a>: this scheduler and its settings
</ul>
</html>
`;

/** The folder of our own interface whose files are named after their content. */
const hashedFolder = 'assets';

/**
 * Where the files of the web interface are: `--assets_path`, else those that this program brings; undefined when it brings none. Throws
 * StartupError when the directory is none.
 */
export function assetsOf(assetsPath: string | undefined): { root: string; hashedFolder?: string } | undefined {
  if (assetsPath !== undefined) {
    const root = resolve(assetsPath);
    if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new StartupError(`--assets_path: ${root} is not a directory`);
    }
    return { root };
  }
  const root = join(packageRoot(), 'dist', 'ui');
  return existsSync(join(root, 'index.html')) ? { root, hashedFolder } : undefined;
}

/**
 * `/` leads to `/ui/`, the web interface. What it links to its own pages (`/ui/apps/…`, without an ending) is the interface itself, too, for
 * a browser. Throws StartupError when the directory that should be served is none.
 */
export function addUi(server: HttpServer, context: FrontContext): void {
  const assets = assetsOf(context.service.options.assetsPath);
  const sendFile = assets === undefined ? undefined : addStaticFiles(server, assets);

  addResource(server, '/', { GET: (request, reply) => sendRedirect(context, request, reply, '/ui/') });
  addResource(server, '/ui', {
    GET: (request, reply) => {
      // Links of the page are relative to the folder
      if (!pathOf(request.url).endsWith('/')) return sendRedirect(context, request, reply, '/ui/');
      return sendFile === undefined ? reply.type('text/html; charset=utf-8').send(page) : sendFile(reply, 'index.html');
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
