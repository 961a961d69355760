import type { Json } from '../model/app-definition.js';
import type { RunSpecKind } from '../model/run-spec.js';
import type { Violation } from './commands.js';

/** What a step may know of the outside: the time, fresh ids, the rules of plugins. All are given, never taken. */
export interface Surroundings {
  readonly nowMs: number;
  /** A new UUID on every call. */
  readonly uuid: () => string;
  /** In [0, 1), new on every call. */
  readonly random: () => number;
  /** What plugins have against an app or pod that keeps all of Marathon's rules; it is given in Marathon's JSON. */
  readonly validateRunSpec?: (kind: RunSpecKind, json: Readonly<Record<string, Json>>) => readonly Violation[];
}
