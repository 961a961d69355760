import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';

const path = '/ekiden/v1/overview/stream';
/** Each message of a snapshot says at its beginning whether it is the last one. */
const complete = '"complete":true';

/** A reader of the overview that only counts. */
export class Page {
  readonly #response: IncomingMessage;
  readonly #keeps: boolean;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #messages = 0;
  /** The end of what was looked through, as long as what is looked for. */
  #rest: Buffer = Buffer.alloc(0);
  /** Of the last message of the snapshot: not begun, begun, read. */
  #last: 'to come' | 'begun' | 'there' = 'to come';
  #waiting: (() => void)[] = [];

  /** Resolves when the answer begins. `keeps`: what is read is kept. */
  static open(url: string, keeps = false): Promise<Page> {
    return new Promise((resolve, reject) => {
      const asked = request(`${url}${path}`, { agent: false, headers: { accept: 'text/event-stream' } }, (response) =>
        resolve(new Page(response, keeps)),
      );
      asked.on('error', reject);
      asked.end();
    });
  }

  private constructor(response: IncomingMessage, keeps: boolean) {
    this.#response = response;
    this.#keeps = keeps;
    response.on('data', (chunk: Buffer) => this.#take(chunk));
    // Whoever leaves cuts it off
    response.on('error', () => undefined);
  }

  #take(chunk: Buffer): void {
    if (this.#keeps) this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (let at = chunk.indexOf('event: '); at >= 0; at = chunk.indexOf('event: ', at + 1)) this.#messages++;
    let text = Buffer.concat([this.#rest, chunk]);
    if (this.#last === 'to come') {
      const at = text.indexOf(complete);
      if (at >= 0) {
        this.#last = 'begun';
        text = text.subarray(at);
      }
    }
    if (this.#last === 'begun' && text.includes('\n\n')) this.#last = 'there';
    this.#rest = text.subarray(Math.max(0, text.length - complete.length + 1));
    for (const look of this.#waiting.splice(0)) look();
  }

  get bytes(): number {
    return this.#bytes;
  }
  get messages(): number {
    return this.#messages;
  }
  /** All that was read, if it was to be kept. */
  get content(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Resolves when what is asked for is true of what was read. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Resolves when the whole snapshot is there. */
  snapshot(): Promise<void> {
    return this.until(() => this.#last === 'there');
  }

  close(): void {
    this.#response.destroy();
  }
}
