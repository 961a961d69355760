/** `GET /ekiden/v1/timeline/{app or pod}?limit=` (default 200): what happened to it, the newest first. */
export interface Timeline {
  /** From when on it is known: the beginning of this leadership, or later where more has happened than is kept. */
  readonly since: string;
  readonly entries: readonly TimelineEntry[];
}

export interface TimelineEntry {
  /** Unique in this leadership, growing. */
  readonly seq: number;
  readonly at: string;
  readonly kind: 'deployment' | 'instance' | 'health' | 'kill' | 'delay' | 'definition' | 'drain';
  readonly level: 'info' | 'good' | 'warning' | 'bad';
  /** What happened, in one line. */
  readonly text: string;
  /** Why, where that is known: a task's message, a health check's answer, who asked for it. */
  readonly why: string | null;
  readonly instance: string | null;
  readonly task: string | null;
  readonly host: string | null;
  readonly deployment: string | null;
  readonly version: string | null;
}
