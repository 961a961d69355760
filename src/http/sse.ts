import type { ServerResponse } from 'node:http';
import type { HttpReply } from './server.js';

/** One client of a stream of server-sent events. */
export interface SseClient {
  /** Sends one event. A client that has more than the limit unread is disconnected, never silently skipped. */
  send(event: string, data: string, id?: string): void;
  /** Ends the stream. */
  close(): void;
  /** Called once when the stream has ended, whoever ended it. */
  onClose(listener: () => void): void;
}

/**
 * Turns a reply into a stream of server-sent events. An empty line is sent every `keepAliveMs` (default 10 s, like Jetty's
 * servlet under Marathon), which is also how a dead connection is noticed. `maxPendingBytes` (default 16 MiB) and
 * `maxPendingMessages` (default: no limit) bound what waits for a slow reader; the latter for a reader who is still behind it after
 * `patienceMs` (default 1 s): a burst alone, which nobody could have read yet, ends no stream.
 */
export function startSse(
  reply: HttpReply,
  options: { keepAliveMs?: number; maxPendingBytes?: number; maxPendingMessages?: number; patienceMs?: number } = {},
): SseClient {
  const {
    keepAliveMs = 10_000,
    maxPendingBytes = 16 << 20,
    maxPendingMessages = Infinity,
    patienceMs = 1000,
  } = options;
  const inherited = reply.getHeaders();
  reply.hijack();
  const raw: ServerResponse = reply.raw;
  const listeners: (() => void)[] = [];
  let open = true;
  let patience: NodeJS.Timeout | undefined;
  let pendingMessages = 0;
  for (const [name, value] of Object.entries(inherited)) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', Connection: 'keep-alive' });
  raw.flushHeaders();
  raw.socket?.setNoDelay(true);
  const keepAlive = setInterval(() => write('\n'), keepAliveMs);

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

  raw.on('close', () => {
    open = false;
    clearInterval(keepAlive);
    for (const listener of listeners.splice(0)) listener();
  });
  raw.on('error', () => raw.destroy());

  return {
    send(event, data, id) {
      write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`);
    },
    close() {
      if (open) raw.end();
    },
    onClose(listener) {
      listeners.push(listener);
    },
  };
}
