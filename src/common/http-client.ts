import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { messageOf } from './errors.js';
import { trusting } from './tls-trust.js';

/** A response whose body was read whole. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A response whose body still flows. */
export interface HttpStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface HttpClient {
  /**
   * Sends a request and reads the whole answer. Throws when there is none within the client's timeout, or when the body is
   * larger than the client's limit; any status is an answer.
   */
  request(request: HttpRequest): Promise<HttpResponse>;
  /**
   * Sends a request and returns as soon as the head of the answer is there; the body throws after `idleTimeoutMs` of silence.
   * `content` is sent instead of `body` while it is read; it is destroyed when the request ends before it does.
   */
  stream(request: HttpRequest & { idleTimeoutMs: number; content?: Readable }): Promise<HttpStream>;
  close(): Promise<void>;
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/**
 * One request, its answer read whole. The dispatcher is asked directly: a stream for the body, as undici's `request` makes one, costs more
 * than all the rest, and most answers here are empty.
 */
function wholeResponse(
  dispatcher: Dispatcher,
  { method, url, headers, body, signal }: HttpRequest,
  maxBodyBytes: number,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const { origin, pathname, search } = new URL(url);
    let exchange: Dispatcher.DispatchController | undefined;
    let status = 0;
    let responseHeaders: HttpResponse['headers'] = {};
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (result: HttpResponse | Error): void => {
      signal?.removeEventListener('abort', onAbort);
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    /** Whatever of it is still under way is of no interest any more. */
    const giveUp = (error: Error): void => {
      settle(error);
      exchange?.abort(error);
    };
    const onAbort = (): void => giveUp(abortReason(signal));
    if (signal?.aborted === true) return onAbort();
    signal?.addEventListener('abort', onAbort);
    dispatcher.dispatch(
      { origin, path: pathname + search, method, body: body ?? null, ...(headers === undefined ? {} : { headers }) },
      {
        onRequestStart(controller) {
          exchange = controller;
          // It was given up while it waited for a connection
          if (signal?.aborted === true) controller.abort(abortReason(signal));
        },
        onResponseStart(_controller, statusCode, given) {
          status = statusCode;
          responseHeaders = flatten(given);
        },
        onResponseData(_controller, chunk) {
          size += chunk.length;
          if (size <= maxBodyBytes) chunks.push(chunk);
          else giveUp(new Error(`${method} ${url}: the answer is larger than ${maxBodyBytes} bytes`));
        },
        onResponseEnd() {
          settle({ status, headers: responseHeaders, body: Buffer.concat(chunks).toString('utf8') });
        },
        onResponseError: (_controller, error) => settle(error),
      },
    );
  });
}

function abortReason(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('the request was given up');
}

/**
 * A keep-alive HTTP client. Redirects are not followed (callers know which ones they may follow).
 * `timeoutMs` counts until the head of an answer and for silence within `request`'s, `connectTimeoutMs` (default the same) for connecting;
 * `connections` bounds the sockets per origin, `maxBodyBytes` (default 64 MiB) what `request` reads; `trust` are certificates as
 * PEM text that count besides the usual authorities; without `verifiesCertificates` (default true) every certificate counts; `ownCertificate` (PEM) is shown to servers that ask for one. Throws for a
 * `trust` that holds something else.
 */
export function createHttpClient(options: {
  timeoutMs: number;
  connectTimeoutMs?: number;
  connections?: number;
  maxBodyBytes?: number;
  trust?: string | undefined;
  verifiesCertificates?: boolean;
  ownCertificate?: { readonly certificate: string; readonly key: string } | undefined;
}): HttpClient {
  const { timeoutMs, connections = 16, maxBodyBytes = 64 << 20, trust, verifiesCertificates = true } = options;
  const { ownCertificate, connectTimeoutMs = timeoutMs } = options;
  const connect = {
    timeout: connectTimeoutMs,
    ...(trust === undefined ? {} : trusting(trust)),
    ...(verifiesCertificates ? {} : { rejectUnauthorized: false }),
    ...(ownCertificate === undefined ? {} : { cert: ownCertificate.certificate, key: ownCertificate.key }),
  };
  const agent = new Agent({
    connections,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect,
    pipelining: 1,
  });
  // A stream occupies its socket for ever: it must not take one of the pool's.
  const streamAgent = new Agent({ headersTimeout: timeoutMs, connect });

  return {
    request: (asked) => wholeResponse(agent, asked, maxBodyBytes),

    async stream({ method, url, headers, body, content, signal, idleTimeoutMs }) {
      const response = await request(url, {
        method,
        dispatcher: streamAgent,
        bodyTimeout: idleTimeoutMs,
        ...(headers === undefined ? {} : { headers }),
        ...(content === undefined ? (body === undefined ? {} : { body }) : { body: content }),
        ...(signal === undefined ? {} : { signal }),
      });
      return { status: response.statusCode, headers: flatten(response.headers), body: response.body };
    },

    async close() {
      await Promise.all([agent.destroy(), streamAgent.destroy()]);
    },
  };
}

/** Reads the rest of a stream; undefined, and no further, when it is longer than `maxBytes`. Throws what the stream throws. */
export async function readBytes(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads the rest of a stream as text, up to `maxBytes`; for error bodies. */
export async function readText(body: AsyncIterable<Uint8Array>, maxBytes = 64 << 10): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxBytes) break;
    }
  } catch (error) {
    return `${Buffer.concat(chunks).toString('utf8')} (${messageOf(error)})`;
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, maxBytes);
}
