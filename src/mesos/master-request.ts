import type { MasterClient } from './master-client.js';
import { refusalOf } from './master-client.js';
import { followRedirects } from './redirects.js';

/**
 * Sends one request to a master and follows its redirect to the leading one. Throws MesosHttpError for any status but 200,
 * and whatever the connection throws. `authority` of the result is the master that answered.
 */
export async function requestMaster(
  client: MasterClient,
  options: { authority: string; path: string; call?: object; signal?: AbortSignal },
): Promise<{ authority: string; body: unknown }> {
  const { authority, path, call, signal } = options;
  const method = call === undefined ? 'GET' : 'POST';
  const { answer, url } = await followRedirects(`${client.scheme}://${authority}${path}`, (href) =>
    client.http.request({
      method,
      url: href,
      headers: {
        ...client.headers,
        accept: 'application/json',
        ...(call === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call === undefined ? {} : { body: JSON.stringify(call) }),
      ...(signal === undefined ? {} : { signal }),
    }),
  );
  if (answer.status === 200) return { authority: url.host, body: JSON.parse(answer.body) as unknown };
  throw refusalOf(client, answer, `${method} ${url.href}`);
}
