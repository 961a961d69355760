/** marathon-consul at b95d95f: marathon/marathon.go, marathon/streamer.go, events/sse_events.go. */
import { goBool, goInt, goMap, goSlice, goString, goStruct, unmarshal } from '../go-json.js';
import type { Decoded } from '../go-json.js';
import type { WireAnswer } from '../wire.js';

/** marathon/streamer.go: a bufio.Scanner, which takes no line longer than bufio.MaxScanTokenSize unless it is told otherwise. */
export const maxLineBytes = 64 << 10;

/** apps/app.go and apps/task.go. */
const task = goStruct({
  id: goString,
  taskStatus: goString,
  appId: goString,
  host: goString,
  ports: goSlice(goInt),
  healthCheckResults: goSlice(goStruct({ alive: goBool })),
});
const app = goStruct({
  labels: goMap(goString),
  healthChecks: goSlice(
    goStruct({
      path: goString,
      portIndex: goInt,
      port: goInt,
      protocol: goString,
      gracePeriodSeconds: goInt,
      intervalSeconds: goInt,
      timeoutSeconds: goInt,
      maxConsecutiveFailures: goInt,
    }),
  ),
  id: goString,
  tasks: goSlice(task),
  portDefinitions: goSlice(goStruct({ labels: goMap(goString) })),
});

/** marathon/marathon.go, `get`: exactly 200. */
function bodyOf(answer: WireAnswer): string {
  if (answer.status !== 200) throw new Error(`Expected 200 but got ${answer.status}`);
  return answer.text;
}

export function readApps(answer: WireAnswer): readonly Decoded<typeof app>[] {
  return unmarshal(goStruct({ apps: goSlice(app) }), bodyOf(answer)).apps;
}

export function readApp(answer: WireAnswer): Decoded<typeof app> {
  return unmarshal(goStruct({ app }), bodyOf(answer)).app;
}

export function readTasks(answer: WireAnswer): readonly Decoded<typeof task>[] {
  return unmarshal(goStruct({ tasks: goSlice(task) }), bodyOf(answer)).tasks;
}

/** marathon/marathon.go, `Leader`, asked each second: compared as a text with the configured `host:port`. */
export function isLeader(answer: WireAnswer, ownName: string): boolean {
  return unmarshal(goStruct({ leader: goString }), bodyOf(answer)).leader === ownName;
}

export interface StreamedEvent {
  readonly type: string;
  readonly body: string;
  readonly id: string;
}

/**
 * events/sse_events.go, `ParseSSEEvent`: fields up to a blank line, which ends an event unless it is empty so far. A line longer than
 * the scanner takes is the end of the stream.
 */
export function eventsIn(text: string): readonly StreamedEvent[] {
  const events: StreamedEvent[] = [];
  let event = { type: '', body: '', id: '' };
  for (const line of text.split(/\r\n|\n/)) {
    if (Buffer.byteLength(line) > maxLineBytes) throw new Error('bufio.Scanner: token too long');
    if (line === '') {
      if (event.type !== '' || event.body !== '' || event.id !== '') events.push(event);
      event = { type: '', body: '', id: '' };
      continue;
    }
    if (line.startsWith(':')) continue;
    const at = line.indexOf(':');
    const field = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '');
    if (field === 'event') event.type = value;
    else if (field === 'data' && value !== '') event.body += `${value}\n`;
    else if (field === 'id') event.id = value;
  }
  return events;
}

/** sse/sse_handler.go: an event's body must be JSON of the type that `event:` names. */
export function bodyOfEvent({ body }: StreamedEvent): Readonly<Record<string, unknown>> {
  return JSON.parse(body) as Readonly<Record<string, unknown>>;
}
