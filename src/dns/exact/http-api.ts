import { createHttpServer } from '../../http/server.js';
import type { HttpReply, HttpServer } from '../../http/server.js';
import { shownConfig } from '../config/shown-config.js';
import { mesosDnsVersion } from '../config/version.js';
import type { MesosDnsConfig } from '../config/mesos-dns-config.js';
import { acceptsJson, sendText } from '../servers/http-api.js';
import { hostDocument, serviceDocument } from '../servers/http-documents.js';
import { mesosDnsJson } from '../servers/mesos-dns-json.js';
import { isInDomain } from '../answer/zone.js';
import { lookupNameOf } from '../answer/query.js';
import { count } from './exact-counts.js';
import type { ExactCounts } from './exact-counts.js';
import type { ExactZone } from './exact-zone.js';

/** `/a/../b//c/` → `/b/c/`, as Go's HTTP server cleans paths before it looks for a route. */
function cleaned(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const slash = path.endsWith('/') && kept.length > 0 ? '/' : '';
  return `/${kept.join('/')}${slash}`;
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function escapedHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A document, in JSON, or a text with another status. */
type Outcome = { readonly json: string } | { readonly status: number; readonly text: string };

const notFound: Outcome = { status: 404, text: '404: Page Not Found' };

/** Mesos-DNS' HTTP API exactly (mesos-dns.md §11), but that no secret is shown. */
export function createExactHttpApi(parts: {
  readonly config: MesosDnsConfig;
  readonly zone: ExactZone;
  /** The whole documents, as JSON. */
  readonly enumerate: () => Promise<string>;
  readonly axfr: () => Promise<string>;
  readonly counts: ExactCounts;
  /** In [0, 1). */
  readonly random: () => number;
}): HttpServer {
  const { config, zone, enumerate, axfr, counts, random } = parts;

  /** Mesos-DNS looks at the last character of a name, and a name of nothing but wildcards has none. */
  function lookUp(name: string, document: () => object): Outcome {
    if (name.replaceAll('.*', '') === '') return { status: 500, text: '500: the name is empty without its wildcards' };
    const asked = lookupNameOf(name).replace(/\.$/, '');
    count(counts, isInDomain(asked, config.Domain), zone.find(asked) === undefined ? 'NXDomain' : 'Success');
    return { json: mesosDnsJson(document()) };
  }

  /** What a GET of the path gives; undefined when there is no such path. */
  function routeOf(path: string): (() => Outcome | Promise<Outcome>) | undefined {
    const [version, kind, name, rest, ...more] = path.replace(/^\/|\/$/g, '').split('/');
    if (version !== 'v1' || more.length > 0) return undefined;
    if (name === undefined) {
      switch (kind) {
        case 'version':
          return () => ({
            json: mesosDnsJson({
              Service: 'Mesos-DNS',
              URL: 'https://github.com/mesosphere/mesos-dns',
              Version: mesosDnsVersion,
            }),
          });
        case 'config':
          return () => ({ json: mesosDnsJson(shownConfig({ ...config, SOASerial: zone.serial })) });
        case 'enumerate':
          return config.EnumerationOn ? async () => ({ json: await enumerate() }) : undefined;
        case 'axfr':
          return config.EnumerationOn ? async () => ({ json: await axfr() }) : undefined;
        default:
          return undefined;
      }
    }
    if (kind === 'hosts' && rest === 'ports') return () => ({ status: 501, text: 'To be implemented...' });
    if (rest !== undefined) return undefined;
    if (kind === 'hosts') return () => lookUp(name, () => hostDocument(zone, name));
    if (kind === 'services') return () => lookUp(name, () => serviceDocument(zone, name, random));
    return undefined;
  }

  function outcomeOf(method: string, path: string, accept: string | undefined): Outcome | Promise<Outcome> {
    const route = routeOf(path);
    if (route === undefined) return notFound;
    if (method !== 'GET') return { status: 405, text: '405: Method Not Allowed' };
    if (!acceptsJson(accept)) return { status: 406, text: '406: Not Acceptable' };
    return route();
  }

  function redirected(reply: HttpReply, method: string, path: string, query: string): HttpReply {
    const location = encodeURI(path) + query;
    const answer = reply.code(301).header('location', location).type('text/html; charset=utf-8');
    return answer.send(method === 'GET' ? `<a href="${escapedHtml(location)}">Moved Permanently</a>.\n\n` : '');
  }

  const server = createHttpServer({ bodyLimitBytes: 64 << 10, maxConnections: 512, ignoresUrls: true });
  server.setNotFoundHandler(async (request, reply) => {
    const { method, originalUrl, headers } = request;
    const mark = originalUrl.indexOf('?');
    const path = decoded(mark < 0 ? originalUrl : originalUrl.slice(0, mark));
    if (path === undefined) return sendText(reply, 400, '400 Bad Request');
    const clean = cleaned(path);
    if (clean !== path) return redirected(reply, method, clean, mark < 0 ? '' : originalUrl.slice(mark));
    const outcome = await outcomeOf(method, path, headers.accept);
    if (!('json' in outcome)) return sendText(reply, outcome.status, outcome.text);
    // A Buffer, so that no charset is added to the content type
    return reply.header('content-type', 'application/json').send(Buffer.from(outcome.json));
  });
  return server;
}
