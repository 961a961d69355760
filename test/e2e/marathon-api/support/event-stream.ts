import { request } from 'node:http';
import type { Test } from 'tap';
import type { Bundle } from '../../support/bundle.js';

/** An event as it came, with its members. */
export interface StreamedEvent {
  readonly eventType: string;
  readonly [member: string]: unknown;
}

/**
 * Reads `/v2/events` from now on, until the test ends or the scheduler does. Resolves, when the stream is open, with the list to which
 * each event is added as it comes.
 */
export function recordEvents(t: Test, bundle: Bundle): Promise<readonly StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  return new Promise((resolve, reject) => {
    const call = request({
      host: '127.0.0.1',
      port: bundle.ports.http,
      path: '/v2/events',
      agent: false,
      headers: { accept: 'text/event-stream' },
    });
    t.teardown(() => void call.destroy());
    call.on('error', reject);
    call.on('response', (response) => {
      if (response.statusCode !== 200) reject(new Error(`/v2/events: ${response.statusCode}`));
      let rest = '';
      response.setEncoding('utf8');
      response.on('error', () => undefined);
      response.on('data', (text: string) => {
        const lines = (rest + text).split(/\r?\n/);
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (line.startsWith('data:')) events.push(JSON.parse(line.slice('data:'.length)) as StreamedEvent);
        }
      });
      resolve(events);
    });
    call.end();
  });
}
