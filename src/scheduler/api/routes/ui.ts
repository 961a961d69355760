import type { HttpServer } from '../../../http/server.js';
import type { ApiContext } from '../context.js';
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

/** `/` leads to the web interface. */
export function addUi(server: HttpServer, _context: ApiContext): void {
  addResource(server, '/', { GET: (_request, reply) => reply.redirect('/ui/', 302) });
  addResource(server, '/ui', { GET: (_request, reply) => reply.type('text/html; charset=utf-8').send(page) });
}
