import { readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders } from 'node:http';

/** One line of a recording; its README tells the format. `t` is in seconds. */
export type RecordedLine = { readonly t: number } & (
  | {
      readonly kind: 'request';
      readonly conn: string;
      readonly line: string;
      readonly headers: OutgoingHttpHeaders;
      readonly body: unknown;
    }
  | {
      readonly kind: 'response';
      readonly conn: string;
      readonly line: string;
      readonly headers: Readonly<Record<string, string>>;
      /** null = a stream follows. */
      readonly body: string | null;
    }
  | { readonly kind: 'event'; readonly conn: string; readonly record: RecordedEvent }
  | { readonly kind: 'stream-end'; readonly conn: string; readonly how: string }
  | { readonly kind: 'note'; readonly text: string }
);

export interface RecordedEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

function headersOf(given: unknown): Record<string, string> {
  if (!Array.isArray(given)) return (given ?? {}) as Record<string, string>;
  return Object.fromEntries(given as [string, string][]);
}

export function readRecording(path: string): RecordedLine[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const parsed = JSON.parse(line) as { headers?: unknown };
      return ('headers' in parsed ? { ...parsed, headers: headersOf(parsed.headers) } : parsed) as RecordedLine;
    });
}
