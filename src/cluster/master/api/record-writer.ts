import type { ServerResponse } from 'node:http';
import type { HttpReply } from '../../../http/server.js';
import { encodeRecord } from '../../../mesos/recordio.js';

/** How long a reader may take for what was sent before the end. */
const lingerMs = 10_000;

const heartbeat = encodeRecord({ type: 'HEARTBEAT' });

/** One open RecordIO answer. */
export interface RecordWriter {
  /** Sends one record. A reader that leaves more than the limit unread is disconnected: nothing is ever skipped. */
  write(record: Buffer): void;
  /** Sends a record of any size, a snapshot: until it has gone out, the limit is that much higher. */
  writeSnapshot(record: Buffer): void;
  /** Ends the answer properly, with the final chunk. */
  end(): void;
  /** Cuts the connection, as a master that dies does. */
  destroy(): void;
}

export interface RecordWriterOptions {
  readonly heartbeatMs: number;
  readonly maxPendingBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called once when the stream has ended, whoever ended it. */
  readonly onClose: () => void;
}

/** Turns a reply into a stream of RecordIO records over chunked transfer encoding, with a HEARTBEAT every `heartbeatMs`. */
export function openRecordWriter(reply: HttpReply, options: RecordWriterOptions): RecordWriter {
  reply.hijack();
  const raw: ServerResponse = reply.raw;
  raw.writeHead(200, { ...options.headers, 'Content-Type': 'application/json' });
  raw.flushHeaders();
  raw.socket?.setNoDelay(true);
  const timer = setInterval(() => write(heartbeat), options.heartbeatMs);

  let limitBytes = options.maxPendingBytes;
  raw.on('drain', () => {
    limitBytes = options.maxPendingBytes;
  });

  function write(record: Buffer): void {
    if (raw.destroyed || raw.writableEnded) return;
    raw.write(record);
    if (raw.writableLength > limitBytes) raw.destroy();
  }

  let linger: NodeJS.Timeout | undefined;
  const close = (): void => {
    clearInterval(timer);
    clearTimeout(linger);
    options.onClose();
  };
  raw.on('error', () => raw.destroy());
  // A client may be gone before it is answered: then nothing else would tell.
  if (raw.closed) setImmediate(close);
  else raw.once('close', close);

  return {
    write,
    writeSnapshot(record) {
      limitBytes += record.length;
      write(record);
    },
    end() {
      clearInterval(timer);
      raw.end();
      if (!raw.closed) linger ??= setTimeout(() => raw.destroy(), lingerMs);
    },
    destroy() {
      raw.destroy();
    },
  };
}
