/**
 * A backup is one JSON document in UTF-8, laid out in lines so that it can be written and read record by record, and compared with diff:
 *
 *     {"ekiden-state":{"format":1,"ekiden":"0.1.0","time":"…","epoch":7,"holder":"host:8080","frameworkId":"…"},
 *     "records":{
 *     "app:/hello":{"versions":["…"]},
 *     "framework-id":"…"
 *     },
 *     "end":{"records":2,"sha256":"…"}}
 *
 * Records are sorted by key, by code units; values are what the store holds. The sum is that of all lines before the last one, their
 * line ends included. A file that was cut off lacks the last line.
 */

/** Of what this program writes, and the only one that it reads. */
export const backupFormat = 1;

/** What a backup says of itself. */
export interface BackupHeader {
  readonly format: number;
  /** Version of the program that wrote it. */
  readonly ekiden: string;
  /** When; ISO 8601 in UTC. */
  readonly time: string;
  /** How many processes had held the store; null for the embedded one, which does not count them. */
  readonly epoch: number | null;
  /** `host:port` of the scheduler that held the store last; null when that is not known. */
  readonly holder: string | null;
  /** Null: it has never registered with Mesos. */
  readonly frameworkId: string | null;
}

/** Key and value as in the store, read from a backup. */
export type BackupRecord = readonly [key: string, value: object | string];

export const recordsLine = '"records":{';
export const recordsEndLine = '},';

export function headerLine(header: BackupHeader): string {
  return `{"ekiden-state":${JSON.stringify(header)},`;
}

/** Without the comma that follows all records but the last. */
export function recordLine([key, value]: readonly [key: string, value: unknown]): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

export function endLine(records: number, sha256: string): string {
  return `"end":{"records":${records},"sha256":"${sha256}"}}`;
}
