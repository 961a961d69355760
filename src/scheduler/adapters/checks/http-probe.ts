import type { ClientRequest } from 'node:http';
import { request as requestHttp, STATUS_CODES } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ProbeResult, ProbeTarget } from './probe.js';
import { causeOf, familyOf } from './probe.js';

/** An HTTP(S) check of one target. */
export interface HttpProbe extends ProbeTarget {
  readonly secure: boolean;
  readonly path: string;
  /** A 1xx that no final answer follows says nothing, instead of being a failure. */
  readonly ignoreHttp1xx: boolean;
}

/** A path as users write it, made fit for a request line: with a leading slash, and without blanks and letters beyond ASCII. */
export function requestPathOf(path: string): string {
  const encoded = path.replace(/[^\x21-\x7e]+/gu, encodeURIComponent);
  return encoded.startsWith('/') ? encoded : `/${encoded}`;
}

const statusText = (status: number): string => `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();

function judge(status: number, ignoreHttp1xx: boolean): ProbeResult {
  if (status >= 200 && status <= 399) return { result: 'healthy' };
  if (status < 200 && ignoreHttp1xx) return { result: 'ignored' };
  return { result: 'unhealthy', cause: statusText(status) };
}

/**
 * Healthy when the target answers GET with 200..399; the body is not read, redirects are not followed, certificates are not
 * verified (as in Marathon: a task's certificate rarely names the agent). Every run uses a connection of its own, because a
 * kept one would not notice that new ones are refused. Ends early, with any result, when `signal` is aborted.
 *
 * It speaks node:http and not the common client, which treats a lone 1xx as a broken connection.
 */
export function probeHttp(probe: HttpProbe, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let request: ClientRequest | undefined;
    let informational: number | undefined;
    const finish = (result: ProbeResult): void => {
      request?.destroy();
      resolve(result);
    };
    try {
      request = (probe.secure ? requestHttps : requestHttp)({
        host: probe.host,
        port: probe.port,
        family: familyOf(probe),
        path: requestPathOf(probe.path),
        agent: false,
        rejectUnauthorized: false,
        headers: { accept: '*/*', 'user-agent': 'ekiden-health-check' },
        signal,
      });
    } catch (error) {
      finish({ result: 'unhealthy', cause: causeOf(error) });
      return;
    }
    request.on('information', ({ statusCode }) => (informational = statusCode));
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      finish(judge(response.statusCode ?? 101, probe.ignoreHttp1xx));
    });
    request.on('response', (response) => finish(judge(response.statusCode ?? 0, probe.ignoreHttp1xx)));
    request.on('error', (error) =>
      finish(
        informational === undefined
          ? { result: 'unhealthy', cause: causeOf(error) }
          : judge(informational, probe.ignoreHttp1xx),
      ),
    );
    request.end();
  });
}
