import type { PropagationReport } from '../../../api/propagation.js';

/** What each instance that is being taken out of use waits for, in words, by task id. */
export function drainingTexts(report: PropagationReport): ReadonlyMap<string, string> {
  return new Map(
    report.draining.map(({ taskId, waitsFor }) => {
      const edges = waitsFor.map(({ edge, role }) => `${role} ${edge}`);
      return [taskId, edges.length === 0 ? 'Draining' : `Draining, waits for ${edges.join(', ')}`];
    }),
  );
}
