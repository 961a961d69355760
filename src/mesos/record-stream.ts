import type { HttpClient } from '../common/http-client.js';
import { readText } from '../common/http-client.js';
import { decodeRecords } from './recordio.js';

/** A Mesos endpoint answered, but not with what was asked for. `body` is its text. */
export class MesosHttpError extends Error {
  override readonly name = 'MesosHttpError';
  readonly status: number;
  readonly body: string;
  constructor(status: number, body: string, what: string) {
    super(`${what}: HTTP ${status}${body === '' ? '' : `: ${body.trim().slice(0, 500)}`}`);
    this.status = status;
    this.body = body;
  }
}

export interface RecordStream<Message> {
  /** Where the stream was opened in the end: `host:port` of the leading master. */
  readonly authority: string;
  /** `Mesos-Stream-Id` of the scheduler API. */
  readonly streamId: string | undefined;
  readonly messages: AsyncIterable<Message>;
}

/** A leader's `Location` is scheme-relative (`//host:port/…`, recordings/mesos); at most this many hops are followed. */
const maxRedirects = 5;

async function* parse<Message>(body: AsyncIterable<Uint8Array>): AsyncGenerator<Message, void, undefined> {
  for await (const record of decodeRecords(body)) yield JSON.parse(record.toString('utf8')) as Message;
}

/**
 * POSTs `call` to `http://authority/path` and reads the RecordIO answer, following the redirect of a master that does not
 * lead. Throws MesosHttpError for any other status, and whatever the connection throws. The messages throw after
 * `idleTimeoutMs` of silence (Mesos sends a heartbeat every 15 s) and end when the master ends the stream.
 */
export async function openRecordStream<Message>(
  http: HttpClient,
  options: {
    authority: string;
    path: string;
    call: object;
    idleTimeoutMs: number;
    signal: AbortSignal;
    headers?: Readonly<Record<string, string>>;
  },
): Promise<RecordStream<Message>> {
  const body = JSON.stringify(options.call);
  let url = new URL(`http://${options.authority}${options.path}`);
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await http.stream({
      method: 'POST',
      url: url.href,
      headers: { ...options.headers, 'content-type': 'application/json', accept: 'application/json' },
      body,
      signal: options.signal,
      idleTimeoutMs: options.idleTimeoutMs,
    });
    if (response.status === 200) {
      return {
        authority: url.host,
        streamId: response.headers['mesos-stream-id'],
        messages: parse<Message>(response.body),
      };
    }
    const text = await readText(response.body);
    const location = response.headers['location'];
    if (response.status !== 307 || location === undefined) {
      throw new MesosHttpError(response.status, text, `POST ${url.href}`);
    }
    url = new URL(location, url);
  }
  throw new MesosHttpError(307, 'too many redirects', `POST http://${options.authority}${options.path}`);
}
