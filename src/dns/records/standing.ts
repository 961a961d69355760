import type { RecordOptions } from './options.js';
import type { View, ViewTask } from './view.js';

/**
 * How a task is published. `avoided`: it is unhealthy, or its first health check has no result yet, so that it is named only where nobody
 * better is. `withdrawn`: it is about to be killed, so that names it shares with others no longer lead to it; the names of the one
 * instance stay for clients that hold them.
 */
export type Standing = 'in' | 'avoided' | 'withdrawn';

/** What the scheduler says of a task and what its health in Mesos is: the worse of the two. Exact mode knows neither. */
export function standingOf(
  view: View,
  task: ViewTask,
  options: Pick<RecordOptions, 'quirks' | 'answerUnhealthy'>,
): Standing {
  if (options.quirks) return 'in';
  const told = view.standings?.get(task.id);
  if (told === 'withdrawn') return told;
  return options.answerUnhealthy !== true && (told === 'avoided' || task.unhealthy === true) ? 'avoided' : 'in';
}
