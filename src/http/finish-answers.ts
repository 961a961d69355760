import type { ServerResponse } from 'node:http';
import { sleep } from '../common/time.js';
import type { HttpServer } from './server.js';

function isEventStream(response: ServerResponse): boolean {
  return response.headersSent && String(response.getHeader('Content-Type')).startsWith('text/event-stream');
}

/**
 * Lets the requests that are under way when the server is closed get their answers first: who has asked for a change learns whether it
 * was made. Waits `limitMs` at most, and not for streams of events. What comes meanwhile is answered with `refusal`. To be called before
 * other hooks are added.
 */
export function finishAnswers(
  server: HttpServer,
  { limitMs, refusal }: { readonly limitMs: number; readonly refusal: () => Error },
): void {
  const underWay = new Set<ServerResponse>();
  let isClosing = false;
  server.addHook('onRequest', (_request, { raw }, done) => {
    if (isClosing) {
      done(refusal());
      return;
    }
    underWay.add(raw);
    raw.once('close', () => underWay.delete(raw));
    done();
  });
  server.addHook('preClose', async () => {
    isClosing = true;
    const answers = [...underWay].filter((response) => !isEventStream(response));
    const ended = Promise.all(answers.map((response) => new Promise((resolve) => response.once('close', resolve))));
    const limit = new AbortController();
    await Promise.race([ended, sleep(limitMs, limit.signal)]);
    limit.abort();
  });
}
