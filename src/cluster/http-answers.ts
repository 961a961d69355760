import { STATUS_CODES } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpReply, HttpRequest } from '../http/server.js';

const gzipAsync = promisify(gzip);

/** An answer in the form of Mesos' own errors: plain text. */
export function sendText(reply: HttpReply, status: number, text: string): HttpReply {
  return reply.code(status).header('content-type', 'text/plain; charset=utf-8').send(text);
}

/** What libprocess answers for a path that is not there. */
export function sendNotFound(reply: HttpReply): HttpReply {
  return sendText(reply, 404, '404 Not Found.');
}

export function sendMethodNotAllowed(reply: HttpReply, allowed: readonly string[], received: string): HttpReply {
  const expected = allowed.map((method) => `'${method}'`).join(', ');
  return sendText(
    reply.header('allow', allowed.join(', ')),
    405,
    `405 Method Not Allowed. Expecting one of { ${expected} }, but received '${received}'.`,
  );
}

/** Any error that fastify itself answers (a body that is too large, a header it cannot read), in the same form. */
export function sendHttpError(reply: HttpReply, error: unknown): HttpReply {
  const { statusCode = 500, message = '' } = error as { statusCode?: number; message?: string };
  return sendText(reply, statusCode, `${statusCode} ${STATUS_CODES[statusCode] ?? ''}. ${message}`);
}

/** Callbacks that can be nothing but a function: the answer is run as a script by whoever asked. */
const jsonpPattern = /^[A-Za-z_$][\w$.]{0,127}$/;

/**
 * Sends JSON as Mesos does: `?jsonp=f` wraps it, `Accept-Encoding: gzip` compresses it. It is written once, and compressed
 * off the main thread. `latin1`: its texts are bytes, one per character.
 */
export async function sendJson(
  request: HttpRequest,
  reply: HttpReply,
  json: unknown,
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<HttpReply> {
  const { jsonp } = request.query as { jsonp?: unknown };
  let text = JSON.stringify(json);
  if (jsonp === undefined) reply.header('content-type', 'application/json');
  else if (typeof jsonp === 'string' && jsonpPattern.test(jsonp)) {
    text = `${jsonp}(${text})`;
    reply.header('content-type', 'text/javascript');
  } else {
    return sendText(reply, 400, "Query parameter 'jsonp' must be the name of a function");
  }
  const accepted = request.headers['accept-encoding'] ?? '';
  const wantsGzip = String(accepted)
    .split(',')
    .some((coding) => /^\s*gzip\s*(;\s*q\s*=\s*(?!0(\.0*)?\s*$).*)?$/.test(coding));
  // As bytes: to a string, fastify adds a charset that Mesos does not send.
  const bytes = Buffer.from(text, encoding);
  if (!wantsGzip) return reply.send(bytes);
  return reply.header('content-encoding', 'gzip').send(await gzipAsync(bytes));
}

/** Whether `Accept` allows `application/json`; no header allows everything. */
export function acceptsJson(request: HttpRequest): boolean {
  const accept = request.headers.accept ?? '*/*';
  return accept.split(',').some((part) => {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    return (
      ['*/*', 'application/*', 'application/json'].includes(type) && !parameters.some((p) => /^q=0(\.0*)?$/.test(p))
    );
  });
}

const jsonType = 'application/json';
const protobufType = 'application/x-protobuf';

/** What is wrong with the content type of a call, as status and text; undefined for JSON. Protobuf is not spoken here. */
export function contentTypeProblem(request: HttpRequest): { status: number; text: string } | undefined {
  const type = request.headers['content-type'];
  if (type === undefined || type === '') return { status: 400, text: "Expecting 'Content-Type' to be present" };
  if (type === jsonType) return undefined;
  if (type === protobufType) {
    return {
      status: 400,
      text: 'Failed to parse body into Call protobuf: the embedded cluster reads application/json only',
    };
  }
  return { status: 415, text: `Expecting 'Content-Type' of ${jsonType} or ${protobufType}` };
}
