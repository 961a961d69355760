import { readFileSync } from 'node:fs';
import { sharedPath } from './shared.js';

/** One line of a recording of real Mesos traffic (recordings/mesos/README.md). */
export interface RecordingLine {
  readonly t: number;
  readonly kind: 'request' | 'response' | 'event' | 'stream-end' | 'note';
  readonly conn?: string;
  readonly body?: unknown;
  readonly record?: unknown;
}

/** The lines of `recordings/mesos/<name>`, or undefined where the recordings are not there. */
export function readRecording(name: string): RecordingLine[] | undefined {
  const path = sharedPath(`recordings/mesos/${name}`);
  if (path === undefined) return undefined;
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordingLine);
}

/** The RecordIO records of a recording, parsed. */
export function recordedEvents<Event>(lines: readonly RecordingLine[], connection?: string): Event[] {
  return lines
    .filter((line) => line.kind === 'event' && (connection === undefined || line.conn === connection))
    .map(({ record }) => (typeof record === 'string' ? (JSON.parse(record) as Event) : (record as Event)));
}
