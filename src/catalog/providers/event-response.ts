import type { FetchLikeResponse, ReaderLike } from 'eventsource';
import type { HttpStream } from '../../common/http-client.js';

/** An answer as EventSource wants it. `url`: what was asked for; `check` sees each part of the body first, and throws for one too many. */
export function eventResponse(
  stream: HttpStream & { readonly url: string },
  url: string,
  check: (chunk: Uint8Array) => void,
): FetchLikeResponse {
  const iterator = stream.body[Symbol.asyncIterator]();
  const reader: ReaderLike = {
    async read() {
      const next = await iterator.next();
      if (next.done === true) return { done: true };
      check(next.value);
      return { done: false, value: next.value };
    },
    async cancel() {
      await iterator.return?.();
    },
  };
  return {
    status: stream.status,
    url: stream.url,
    redirected: stream.url !== url,
    headers: { get: (name) => stream.headers[name.toLowerCase()] ?? null },
    body: { getReader: () => reader },
  };
}
