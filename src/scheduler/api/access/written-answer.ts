import type { PluginAnswer } from '../../plugins/response-builder.js';
import { ApiError } from '../api-error.js';

/** A "no" that is not, or not only, Marathon's `{"message": …}`: with headers of its own, or written by a plugin. */
export class WrittenAnswer extends ApiError {
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Buffer | undefined;

  constructor({ status, headers, content }: PluginAnswer) {
    super(status, 'Answered as it is written');
    this.headers = headers;
    this.content = content;
  }
}

/** `{"message": …}` with more headers. */
export function messageAnswer(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>>,
): WrittenAnswer {
  const content = Buffer.from(JSON.stringify({ message }));
  return new WrittenAnswer({ status, headers: { ...headers, 'content-type': 'application/json' }, content });
}
