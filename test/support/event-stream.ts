import type { Test } from 'tap';

/** One server-sent event; `data` is parsed as JSON. */
export interface ReadEvent {
  readonly event: string;
  readonly data: unknown;
}

/** A reader of a stream of server-sent events. */
export interface EventStream {
  readonly status: number;
  /** What has come so far. */
  readonly events: readonly ReadEvent[];
  /** Whether the stream has ended. */
  readonly isOver: boolean;
  close(): void;
}

function eventOf(frame: string): ReadEvent | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1];
  const [event, data] = [field('event'), field('data')];
  return event === undefined || data === undefined ? undefined : { event, data: JSON.parse(data) as unknown };
}

/** Opens a stream and reads until it ends, or the test does. */
export async function openEventStream(
  t: Test,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  const abort = new AbortController();
  t.teardown(() => abort.abort());
  const response = await fetch(url, { signal: abort.signal, headers: { accept: 'text/event-stream', ...headers } });
  const events: ReadEvent[] = [];
  const stream = { status: response.status, events, isOver: false, close: () => abort.abort() };
  void (async () => {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const frames = text.split('\n\n');
        text = frames.pop() ?? '';
        for (const frame of frames) {
          const event = eventOf(frame);
          if (event !== undefined) events.push(event);
        }
      }
    } catch {
      // cut by the server, or by the end of the test
    }
    stream.isOver = true;
  })();
  return stream;
}
