import { EventSource } from 'eventsource';
import type { EventSourceFetchInit, FetchLikeResponse } from 'eventsource';
import { readText } from '../../../common/http-client.js';
import { eventResponse } from '../event-response.js';
import { addressOf, refusal } from '../scheduler-access.js';
import type { SchedulerAccess } from '../scheduler-access.js';
import { relevantEvents } from './event-facts.js';

const path = '/v2/events';
/** An event, also one that nobody asked for, such as the plan of a whole deployment. */
const maxEventBytes = 64 << 20;
/** Answers of a Marathon that has no such stream, or of something in between that lets none through. */
const absent: ReadonlySet<number> = new Set([400, 404, 405, 406, 410, 501]);

export interface MarathonEventsOptions {
  /** Base URL of the Marathon. */
  readonly base: string;
  readonly access: SchedulerAccess;
  readonly user: string | undefined;
  /** Silence after which it counts as dead. Marathon sends at least an empty line every 10 s. */
  readonly idleTimeoutMs: number;
  readonly onOpen: () => void;
  /** A relevant event, as JSON text. */
  readonly onEvent: (data: string) => void;
  /** Called once, when it is not or no longer open; `isAbsent`: there is no such stream, and will be none. */
  readonly onEnd: (reason: string, isAbsent: boolean) => void;
}

/** How many bytes of `chunk` belong to an event that has not ended; -1: all, and what came before them. */
function openBytes(chunk: Uint8Array): number {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const end = Math.max(bytes.lastIndexOf('\n\n'), bytes.lastIndexOf('\r\n\r\n'));
  return end === -1 ? -1 : bytes.length - end;
}

/** Follows `/v2/events` of one Marathon, once: what ends it is told of, and the rest is up to the caller. Returns what closes it. */
export function followMarathonEvents(options: MarathonEventsOptions): () => void {
  const { base, access, user, idleTimeoutMs, onOpen, onEvent, onEnd } = options;
  const query = new URLSearchParams({ 'plan-format': 'light' });
  for (const type of relevantEvents) query.append('event_type', type);
  const url = addressOf(base, `${path}?${query.toString()}`);
  let isAbsent = false;
  const fetch = async (_url: string | URL, init: EventSourceFetchInit): Promise<FetchLikeResponse> => {
    const stream = await access.stream({
      method: 'GET',
      url,
      headers: { Accept: 'text/event-stream' },
      signal: init.signal as AbortSignal,
      idleTimeoutMs,
    });
    isAbsent = absent.has(stream.status);
    // EventSource does not read the body of a refusal, which would keep its socket.
    if (stream.status !== 200) await readText(stream.body);
    if (stream.status === 401 || stream.status === 403) throw new Error(refusal(stream.status, user));
    let pendingBytes = 0;
    return eventResponse(stream, url, (chunk) => {
      const open = openBytes(chunk);
      pendingBytes = open === -1 ? pendingBytes + chunk.length : open;
      if (pendingBytes > maxEventBytes) throw new Error(`one event is larger than ${maxEventBytes} bytes`);
    });
  };
  const source = new EventSource(url, { fetch });
  let open = true;
  const close = (): void => {
    open = false;
    source.close();
  };
  source.addEventListener('open', () => {
    if (open) onOpen();
  });
  for (const type of [...relevantEvents, 'message']) {
    source.addEventListener(type, (event: MessageEvent) => {
      if (open) onEvent(String(event.data));
    });
  }
  source.addEventListener('error', (event) => {
    if (!open) return;
    close();
    onEnd(`${path}: ${event.message ?? 'the stream ended'}`, isAbsent);
  });
  return close;
}
