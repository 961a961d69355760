import type { AppUpdate } from './app-update.js';

/**
 * A group as a request gives it (marathon.md §6.2), types checked but for the apps, whose own reader says what is wrong with
 * them. An absent member leaves what is there.
 */
export interface GroupUpdate {
  readonly id?: string;
  readonly apps?: readonly AppUpdate[];
  readonly groups?: readonly GroupUpdate[];
  readonly dependencies?: readonly string[];
  readonly enforceRole?: boolean;
  readonly scaleBy?: number;
  readonly version?: string;
}
