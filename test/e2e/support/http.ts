import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/**
 * One request to 127.0.0.1 over a connection of its own, with any Host header. Throws when there is no answer within 10 s.
 */
export function ask(
  port: number,
  path: string,
  options: { method?: string; host?: string; body?: unknown } = {},
): Promise<Answer> {
  const { method = 'GET', host, body } = options;
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: false,
        timeout: 10_000,
        headers: {
          ...(host === undefined ? {} : { host }),
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        },
      },
      (response) => {
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
      },
    );
    call.on('timeout', () => call.destroy(new Error(`no answer from 127.0.0.1:${port}${path}`)));
    call.on('error', reject);
    call.end(text);
  });
}
