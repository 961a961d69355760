import { readText } from '../common/http-client.js';
import type { MasterClient } from './master-client.js';
import { refusalOf } from './master-client.js';
import { decodeRecords } from './recordio.js';
import { followRedirects } from './redirects.js';

export interface RecordStream<Message> {
  /** Where the stream was opened in the end: `host:port` of the leading master. */
  readonly authority: string;
  /** The same as the whole URL. */
  readonly url: string;
  /** `Mesos-Stream-Id` of the scheduler API. */
  readonly streamId: string | undefined;
  readonly messages: AsyncIterable<Message>;
}

async function* parse<Message>(body: AsyncIterable<Uint8Array>): AsyncGenerator<Message, void, undefined> {
  for await (const record of decodeRecords(body)) yield JSON.parse(record.toString('utf8')) as Message;
}

/**
 * POSTs `call` to `path` of the master at `authority` and reads the RecordIO answer, following the redirect of a master that does not
 * lead. Throws MesosHttpError for any other status, and whatever the connection throws. The messages throw after
 * `idleTimeoutMs` of silence (Mesos sends a heartbeat every 15 s) and end when the master ends the stream.
 */
export async function openRecordStream<Message>(
  client: MasterClient,
  options: {
    authority: string;
    path: string;
    call: object;
    idleTimeoutMs: number;
    signal: AbortSignal;
    /** Called before the call is sent, and before each redirect is followed: what it throws keeps it from being sent. */
    beforeSending?: () => void;
  },
): Promise<RecordStream<Message>> {
  const { authority, path, call, signal, idleTimeoutMs, beforeSending } = options;
  const body = JSON.stringify(call);
  const { answer, url } = await followRedirects(`${client.scheme}://${authority}${path}`, async (href) => {
    beforeSending?.();
    const response = await client.http.stream({
      method: 'POST',
      url: href,
      // The type exactly so: with a charset Mesos refuses it
      headers: { ...client.headers, 'content-type': 'application/json', accept: 'application/json' },
      body,
      signal,
      idleTimeoutMs,
    });
    const { status, headers } = response;
    return status === 200
      ? { status, headers, stream: response.body, body: '' }
      : { status, headers, body: await readText(response.body) };
  });
  if (answer.stream === undefined) throw refusalOf(client, answer, `POST ${url.href}`);
  return {
    authority: url.host,
    url: url.href,
    streamId: answer.headers['mesos-stream-id'],
    messages: parse<Message>(answer.stream),
  };
}
