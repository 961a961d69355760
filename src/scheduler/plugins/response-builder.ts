import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { PluginResponse } from './types.js';

/** An answer as it is sent. */
export interface PluginAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: nothing. */
  readonly content: Buffer | undefined;
}

const maxContentBytes = 16 << 20;
/** Set by the server, from what is really sent. */
const ownHeaders: readonly string[] = ['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade'];

/** Gathers what a plugin answers, until it is taken. */
export class ResponseBuilder implements PluginResponse {
  #status: number;
  #headers: Record<string, string> = {};
  #content: Buffer | undefined;
  #isTaken = false;

  /** `status`: unless the plugin sets another one. */
  constructor(status: number) {
    this.#status = status;
  }

  status(code: number): void {
    if (!Number.isInteger(code) || code < 200 || code > 599)
      throw new RangeError(`${code} is not a status of an answer`);
    if (!this.#isTaken) this.#status = code;
  }

  header(name: string, value: string): void {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    const key = name.toLowerCase();
    if (ownHeaders.includes(key)) throw new TypeError(`the header ${name} is set by the server`);
    if (!this.#isTaken) this.#headers[key] = value;
  }

  sendRedirect(location: string): void {
    this.status(302);
    this.header('Location', location);
  }

  body(mediaType: string, content: string | Uint8Array): void {
    const bytes = Buffer.from(content);
    if (bytes.length > maxContentBytes) {
      throw new RangeError(`the content has ${bytes.length} bytes; at most ${maxContentBytes} are sent`);
    }
    this.header('Content-Type', mediaType);
    if (!this.#isTaken) this.#content = bytes;
  }

  /** What is to be sent; nothing changes it any more. */
  take(): PluginAnswer {
    this.#isTaken = true;
    return { status: this.#status, headers: this.#headers, content: this.#content };
  }
}
