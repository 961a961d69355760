/** What a step may know of the outside: the time, and fresh ids. Both are given, never taken. */
export interface Surroundings {
  readonly nowMs: number;
  /** A new UUID on every call. */
  readonly uuid: () => string;
  /** In [0, 1), new on every call. */
  readonly random: () => number;
}
