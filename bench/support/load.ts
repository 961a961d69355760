import { Pool } from 'undici';
import { percentile } from './statistics.js';

/** One request of a load. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: string | Buffer;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the last answer's body, as it came over the wire. */
  readonly bytes: number;
}

/** How much: a number of requests, or as many as are answered in some time. */
export type Amount = { readonly requests: number } | { readonly ms: number };

/** Sends a request and reads the whole answer. Resolves with its body, an empty one unless `keep`. Rejects for a status of 400 and above. */
export function send(pool: Pool, request: LoadRequest, keep = false): Promise<{ bytes: number; body: Buffer }> {
  const { method, path, headers = {}, body } = request;
  return new Promise((resolve, reject) => {
    let status = 0;
    let bytes = 0;
    const kept: Buffer[] = [];
    pool.dispatch(
      {
        method,
        path,
        headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
        body: body ?? null,
      },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: (_controller, chunk) => {
          bytes += chunk.length;
          if (keep || status >= 400) kept.push(chunk);
        },
        onResponseEnd: () => {
          if (status < 400) resolve({ bytes, body: Buffer.concat(kept) });
          else reject(new Error(`${method} ${path}: ${status} ${Buffer.concat(kept).toString()}`));
        },
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

/** A closed loop over `connections` connections: each sends its next request when the last one is answered. */
export async function load(
  url: string,
  connections: number,
  amount: Amount,
  requestOf: (i: number) => LoadRequest,
): Promise<LoadResult> {
  const pool = new Pool(url, { connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  const times: number[] = [];
  let started = 0;
  let bytes = 0;
  const startMs = performance.now();
  const isOver = (): boolean =>
    'requests' in amount ? started >= amount.requests : performance.now() - startMs >= amount.ms;
  const loop = async (): Promise<void> => {
    while (!isOver()) {
      const sentMs = performance.now();
      ({ bytes } = await send(pool, requestOf(started++)));
      times.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, loop));
  const tookMs = performance.now() - startMs;
  await pool.close();
  times.sort((a, b) => a - b);
  return {
    requests: times.length,
    perSecond: (times.length * 1000) / tookMs,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    bytes,
  };
}

/** One request alone, its answer read as JSON. */
export async function askJson<T>(url: string, request: LoadRequest): Promise<T> {
  const pool = new Pool(url, { connections: 1, headersTimeout: 0, bodyTimeout: 0 });
  try {
    const { body } = await send(pool, request, true);
    return JSON.parse(body.toString()) as T;
  } finally {
    await pool.close();
  }
}
