import swagger from '@fastify/swagger';
import type { StaticDocumentSpec } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { HttpReply, HttpRequest, HttpServer } from './server.js';

/** The document as the library's types have it: it is only passed on. */
type OpenApi = StaticDocumentSpec['document'];

/** What the page may load: its own files, and the styles and pictures that it makes itself. */
const contentSecurityPolicy = {
  'default-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'style-src': ["'self'", "'unsafe-inline'"],
  'object-src': ["'none'"],
  'base-uri': ["'self'"],
  'form-action': ["'self'"],
};

/**
 * Serves an OpenAPI document below `path`: as a page to look at and try out (Swagger UI, all of whose files are brought along), as `json` and
 * as `yaml`. `redirect` leads from `path` to `path/`, to which the links of the page are relative.
 */
export function addApiDocs(
  server: HttpServer,
  options: {
    readonly path: string;
    readonly title: string;
    readonly document: Readonly<Record<string, unknown>>;
    readonly redirect: (request: HttpRequest, reply: HttpReply) => HttpReply;
  },
): void {
  const { path, title, document, redirect } = options;
  void server.register(swagger, { mode: 'static', specification: { document: document as unknown as OpenApi } });
  void server.register(swaggerUi, {
    routePrefix: path,
    staticCSP: contentSecurityPolicy,
    theme: { title },
    uiConfig: { docExpansion: 'none', displayRequestDuration: true },
    uiHooks: {
      onRequest: (request, reply, next) => {
        if (request.url === path || request.url.startsWith(`${path}?`)) redirect(request, reply);
        else next();
      },
    },
  });
}
