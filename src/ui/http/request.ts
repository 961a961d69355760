import { setByAnswer } from '../live/server-clock.js';
import { ApiError, errorOf, messageOf } from './api-error.js';

/** The root of the server that this page came from: the page itself is at `ui/` below it. */
const root = new URL('../', new URL(location.pathname, location.origin));

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Default: 30 s; a plan may take its time. */
  readonly timeoutMs?: number;
}

/** The URL of something of the API, `v2/apps`; each part of a path that comes from data must be encoded (or its slashes meant). */
export function apiUrl(path: string, query: Query = {}): string {
  const url = new URL(path.replace(/^\/+/, ''), root);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url.href;
}

/** The part of a URL that names an app, pod or group: `prod/web`. Its slashes are slashes of the path. */
export function idPath(id: string): string {
  return id.replace(/^\/+/, '').split('/').map(encodeURIComponent).join('/');
}

async function answerOf(path: string, options: RequestOptions): Promise<Response> {
  const { method = 'GET', query, body, headers = {}, signal, timeoutMs = 30_000 } = options;
  const askedMs = Date.now();
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(apiUrl(path, query), {
      method,
      headers: {
        Accept: 'application/json, text/plain;q=0.9',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      cache: 'no-store',
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    if (timeout.aborted) throw new ApiError(0, `No answer within ${timeoutMs / 1000} s`);
    throw new ApiError(0, `No answer: ${messageOf(error)}`);
  }
  setByAnswer(response.headers.get('date'), askedMs, Date.now());
  if (!response.ok) throw errorOf(response.status, response.statusText, await response.text());
  return response;
}

/** Asks the API for JSON. Throws ApiError; what aborts `signal` throws that reason. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await answerOf(path, options);
  const text = await response.text();
  if (text === '') return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError(response.status, `The answer of ${path} is not JSON`);
  }
}

/** Asks the API for text. */
export async function requestText(path: string, options: RequestOptions = {}): Promise<string> {
  return (
    await answerOf(path, { ...options, headers: { Accept: 'text/plain, */*;q=0.9', ...options.headers } })
  ).text();
}
