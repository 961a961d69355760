/** Marathon's exit statuses (marathon.md §16.1); a supervisor starts the process again. */
export const exitStatus = {
  /** Leadership was lost or given up. */
  leadership: 103,
  /** It cannot go on with its store, or has lost its framework. */
  storeOrFramework: 105,
} as const;
