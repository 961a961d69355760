import type { HttpClient, HttpResponse } from '../common/http-client.js';
import { MesosHttpError } from './record-stream.js';

/** A leader's `Location` is scheme-relative; at most this many hops are followed. */
const maxRedirects = 5;

/**
 * Sends one request to a master and follows its redirect to the leading one. Throws MesosHttpError for any status but 200,
 * and whatever the connection throws. `authority` of the result is the master that answered.
 */
export async function requestMaster(
  http: HttpClient,
  options: { authority: string; path: string; call?: object; signal?: AbortSignal },
): Promise<{ authority: string; body: unknown }> {
  const { path, call, signal } = options;
  let url = new URL(`http://${options.authority}${path}`);
  let response: HttpResponse | undefined;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    response = await http.request({
      method: call === undefined ? 'GET' : 'POST',
      url: url.href,
      headers: { accept: 'application/json', ...(call === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(call === undefined ? {} : { body: JSON.stringify(call) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.status === 200) return { authority: url.host, body: JSON.parse(response.body) as unknown };
    const location = response.headers['location'];
    if (response.status !== 307 || location === undefined) break;
    url = new URL(location, url);
  }
  throw new MesosHttpError(response?.status ?? 0, response?.body ?? '', `${url.href}`);
}
