import { StringDecoder } from 'node:string_decoder';

const maxLineLength = 256 << 10;

/** Cuts a byte stream into lines, without their ends; a line longer than 256 Ki characters comes in parts. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#emit(line);
    if (this.#rest.length > maxLineLength) this.end();
  }

  /** What came after the last line end is a line, too. */
  end(): void {
    const rest = this.#rest;
    this.#rest = '';
    this.#emit(rest);
  }

  #emit(line: string): void {
    for (let start = 0; start < line.length; start += maxLineLength) {
      this.#onLine(line.slice(start, start + maxLineLength));
    }
  }
}
