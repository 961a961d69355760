/** A state as Mesos and Marathon call it, in the form of a word: `TASK_RUNNING` → `Running`, `STABLE` → `Stable`. */
export function stateText(state: string): string {
  const word = state
    .replace(/^TASK_/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** How that is to be seen. */
export function stateLevel(state: string): 'good' | 'info' | 'warning' | 'bad' | 'off' {
  switch (state) {
    case 'TASK_RUNNING':
    case 'STABLE':
      return 'good';
    case 'TASK_STAGING':
    case 'TASK_STARTING':
    case 'PENDING':
    case 'STAGING':
      return 'info';
    case 'TASK_KILLING':
    case 'TASK_UNREACHABLE':
    case 'TASK_UNKNOWN':
    case 'DEGRADED':
      return 'warning';
    case 'TASK_FAILED':
    case 'TASK_ERROR':
    case 'TASK_DROPPED':
    case 'TASK_GONE':
    case 'TASK_LOST':
      return 'bad';
    default:
      return 'off';
  }
}
