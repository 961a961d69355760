import type { Readiness } from '../../model/readiness.js';

/** One entry of `readinessCheckResults`: `{name, taskId, ready, lastResponse?: {status, contentType, body}}`. */
export function renderReadiness({
  name,
  taskId,
  ready,
  lastResponse,
}: Readiness & { readonly taskId: string }): object {
  return { name, taskId, ready, ...(lastResponse === undefined ? {} : { lastResponse }) };
}
