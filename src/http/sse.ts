import type { ServerResponse } from 'node:http';
import type { HttpReply } from './server.js';

/** One client of a stream of server-sent events. */
export interface SseClient {
  /** Sends one event; `data` is one line. A client that has more than the limit unread is disconnected, never silently skipped. */
  send(event: string, data: string, id?: string): void;
  /** Resolves when the reader has taken what was sent, as far as it must for more to be sent; and when the stream has ended. */
  drained(): Promise<void>;
  /** Ends the stream. */
  close(): void;
  /** Called once when the stream has ended, whoever ended it. */
  onClose(listener: () => void): void;
}

export interface SseOptions {
  /** How often an empty line is sent; default 10 s, like Jetty's servlet under Marathon. */
  readonly keepAliveMs?: number;
  /** Instead of the empty line an event `alive` is sent: browsers tell their pages nothing of empty lines. */
  readonly hasHeartbeat?: boolean;
  /** So much may wait for a slow reader; default 16 MiB. */
  readonly maxPendingBytes?: number;
  /** So many messages may wait for a reader longer than `patienceMs`; default: no limit. */
  readonly maxPendingMessages?: number;
  /** Default 1 s: a burst alone, which nobody could have read yet, ends no stream. */
  readonly patienceMs?: number;
  /** What ends a line; default LF. Marathon's streams have CRLF. */
  readonly lineEnd?: '\n' | '\r\n';
}

/**
 * Turns a reply into a stream of server-sent events, never compressed. The empty line that is sent regularly is also how a dead
 * connection is noticed. With an id, a message is `event:`, `id:`, `data:`; without one the `id:` line is left out.
 */
export function startSse(reply: HttpReply, options: SseOptions = {}): SseClient {
  const {
    keepAliveMs = 10_000,
    hasHeartbeat = false,
    maxPendingBytes = 16 << 20,
    maxPendingMessages = Infinity,
    patienceMs = 1000,
    lineEnd = '\n',
  } = options;
  const inherited = reply.getHeaders();
  reply.hijack();
  const raw: ServerResponse = reply.raw;
  const listeners: (() => void)[] = [];
  let open = !raw.destroyed;
  let patience: NodeJS.Timeout | undefined;
  let pendingMessages = 0;
  for (const [name, value] of Object.entries(inherited)) if (value !== undefined) raw.setHeader(name, value);
  raw.setHeader('Content-Type', 'text/event-stream');
  raw.setHeader('Cache-Control', 'no-cache');
  raw.writeHead(200);
  raw.flushHeaders();
  raw.socket?.setNoDelay(true);
  const keepAlive = setInterval(() => write(hasHeartbeat ? eventText('alive', '{}', undefined) : lineEnd), keepAliveMs);

  function eventText(event: string, data: string, id: string | undefined): string {
    const idLine = id === undefined ? '' : `id: ${id}${lineEnd}`;
    return `event: ${event}${lineEnd}${idLine}data: ${data}${lineEnd}${lineEnd}`;
  }

  function write(text: string): void {
    if (!open) return;
    pendingMessages++;
    raw.write(text, () => pendingMessages--);
    if (raw.writableLength > maxPendingBytes) raw.destroy();
    else if (pendingMessages > maxPendingMessages) patience ??= setTimeout(endIfBehind, patienceMs);
  }

  function endIfBehind(): void {
    patience = undefined;
    if (pendingMessages > maxPendingMessages) raw.destroy();
  }

  function ended(): void {
    open = false;
    clearInterval(keepAlive);
    clearTimeout(patience);
    for (const listener of listeners.splice(0)) listener();
  }

  raw.on('error', () => raw.destroy());
  // Whoever left while it was found out who he is has closed already, and does not do it again.
  if (raw.destroyed) process.nextTick(ended);
  else raw.on('close', ended);

  return {
    send(event, data, id) {
      write(eventText(event, data, id));
    },
    drained() {
      return new Promise((resolve) => {
        const done = (): void => {
          raw.off('drain', done);
          raw.off('close', done);
          resolve();
        };
        if (!open || !raw.writableNeedDrain) return resolve();
        raw.on('drain', done);
        raw.on('close', done);
      });
    },
    close() {
      if (!open) return;
      // What came after the end would cut off what is still being read.
      open = false;
      raw.end();
    },
    onClose(listener) {
      listeners.push(listener);
    },
  };
}
