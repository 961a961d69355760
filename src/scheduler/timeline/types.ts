import type { Timestamp } from '../model/app-definition.js';

/** One thing that happened to an app or pod. */
export interface TimelineEntry {
  /** Unique in this leadership, growing. */
  readonly seq: number;
  readonly at: Timestamp;
  readonly kind: 'deployment' | 'instance' | 'health' | 'kill' | 'delay' | 'definition' | 'drain';
  readonly level: 'info' | 'good' | 'warning' | 'bad';
  /** What happened, in one line. */
  readonly text: string;
  /** Why, where that is known. */
  readonly why: string | null;
  readonly instance: string | null;
  readonly task: string | null;
  readonly host: string | null;
  readonly deployment: string | null;
  readonly version: Timestamp | null;
}

/** What there is to be said of something that happened; what is left out is not known, or does not apply. */
export type Happening = Pick<TimelineEntry, 'kind' | 'level' | 'text'> &
  Partial<Pick<TimelineEntry, 'why' | 'instance' | 'task' | 'host' | 'deployment' | 'version'>>;
