import { pageHeaders } from '../../http/page-headers.js';
import { addStaticFiles } from '../../http/static-files.js';
import type { StaticFolder } from '../../http/static-files.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../http/server.js';
import { notFound } from './answers.js';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Ekiden load balancer</title>
<h1>Ekiden load balancer</h1>
<p>The load balancer is running. This program was built without the web interface; the API says everything:</p>
<ul>
<li><a href="../ekiden/v1/status">/ekiden/v1/status</a>: HAProxy, the schedulers, and what is not as somebody wants it
<li><a href="../ekiden/v1/rules">/ekiden/v1/rules</a>: rules, and what became of them
<li><a href="../ekiden/v1/routes">/ekiden/v1/routes</a>: which requests go where
<li><a href="../ekiden/v1/backends">/ekiden/v1/backends</a>: what HAProxy says of each backend
<li><a href="../ekiden/v1/config">/ekiden/v1/config</a>: the configuration that HAProxy runs
<li><a href="../metrics">/metrics</a>: for Prometheus
</ul>
</html>
`;

/** The part of our interface that is about one load balancer. */
const mainPage = 'rules.html';

/** Relative, as whoever is before us may have put us below a path; browsers keep what is behind `#` (Bamboo's page was at `/#/main`). */
function toUi(reply: HttpReply): HttpReply {
  return reply.redirect('ui/', 302);
}

function isFolder({ url }: HttpRequest): boolean {
  return (url.split('?', 1)[0] ?? '').endsWith('/');
}

/**
 * `/` leads to `/ui/`, the web interface, from `files`; without them a page that leads to the API. The interface is one page, whose own
 * addresses are behind its `#`.
 */
export function addUi(server: HttpServer, files: StaticFolder | undefined): void {
  const sendFile = files === undefined ? undefined : addStaticFiles(server, files);

  server.get('/', (_request, reply) => toUi(reply));
  server.get('/ui', (request, reply) => {
    // Links of the page are relative to the folder
    if (!isFolder(request)) return toUi(reply);
    if (sendFile !== undefined) return sendFile(reply, mainPage);
    return reply.headers(pageHeaders).type('text/html; charset=utf-8').send(page);
  });
  server.get<{ Params: { '*': string } }>('/ui/*', (request, reply) => {
    return sendFile === undefined ? notFound(reply) : sendFile(reply, request.params['*']);
  });
}
