import { request } from 'node:http';
import type { RequestOptions } from 'node:http';
import { request as requestWithTls } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** How a server is reached that is not open to everybody by plain HTTP. */
export interface Access {
  /** With TLS, whatever its certificate says. */
  readonly tls?: boolean;
  /** `user:password`, for basic authentication. */
  readonly credentials?: string;
}

/**
 * One request to 127.0.0.1 over a connection of its own, with any Host header. Throws when there is no answer within 10 s.
 */
export function ask(
  port: number,
  path: string,
  options: { method?: string; host?: string; body?: unknown } & Access = {},
): Promise<Answer> {
  const { method = 'GET', host, body, tls = false, credentials } = options;
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const target: RequestOptions = {
    host: '127.0.0.1',
    port,
    path,
    method,
    agent: false,
    timeout: 10_000,
    ...(credentials === undefined ? {} : { auth: credentials }),
    headers: {
      ...(host === undefined ? {} : { host }),
      ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    },
  };
  return new Promise((resolve, reject) => {
    const call = tls ? requestWithTls({ ...target, rejectUnauthorized: false }) : request(target);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    call.on('timeout', () => call.destroy(new Error(`no answer from 127.0.0.1:${port}${path}`)));
    call.on('error', reject);
    call.end(text);
  });
}
