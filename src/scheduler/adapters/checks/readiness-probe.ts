import type { HttpClient } from '../../../common/http-client.js';
import { readText } from '../../../common/http-client.js';
import type { ReadinessResponse } from '../../model/readiness.js';
import type { ReadinessTask } from '../../ports/checker.js';
import { requestPathOf } from './http-probe.js';
import { causeOf } from './probe.js';

/** So much of a body is kept, for each task whose check preserves it. */
const maxBodyBytes = 8 << 10;
const maxContentTypeLength = 256;

/** What stands for an answer that did not come: as a gateway would say it. */
export function noAnswer(cause: string): ReadinessResponse {
  return { status: 504, contentType: 'text/plain', body: `The readiness check got no answer: ${cause}` };
}

/**
 * Asks a task whether it is ready: one GET, whose status is for the caller to judge. Redirects are not followed; `client` verifies no
 * certificates. Every run uses a connection of its own. Never rejects; ends early when `signal` is aborted.
 */
export async function probeReadiness(
  client: HttpClient,
  { host, port, check }: ReadinessTask,
  signal: AbortSignal,
): Promise<ReadinessResponse> {
  if (port === undefined) return noAnswer(`the task has no port ${check.portName}`);
  const address = host.includes(':') ? `[${host}]` : host;
  try {
    const { status, headers, body } = await client.stream({
      method: 'GET',
      url: `${check.protocol.toLowerCase()}://${address}:${port}${requestPathOf(check.path)}`,
      headers: { accept: '*/*', 'user-agent': 'ekiden-readiness-check', connection: 'close' },
      signal,
      idleTimeoutMs: check.timeoutSeconds * 1000,
    });
    const text = await readText(body, maxBodyBytes);
    return { status, contentType: (headers['content-type'] ?? '').slice(0, maxContentTypeLength), body: text };
  } catch (error) {
    return noAnswer(causeOf(error));
  }
}
