// What a real master said on its subscriptions, cut in every possible way: all of it is heard, in order, and the end is understood.
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Test } from 'tap';
import t from 'tap';
import { createHttpClient } from '../../../../src/common/http-client.js';
import { encodeRecord } from '../../../../src/mesos/recordio.js';
import type { SchedulerEvent } from '../../../../src/mesos/types.js';
import { runSession } from '../../../../src/scheduler/adapters/mesos/session.js';
import type { SessionEnd } from '../../../../src/scheduler/adapters/mesos/session.js';
import { listenOnFreePort } from '../../../support/listen.js';
import { memoryLogger } from '../../../support/memory-logger.js';
import { readRecording } from '../../../support/recordings.js';
import type { RecordingLine } from '../../../support/recordings.js';
import { sharedPath } from '../../../support/shared.js';

const directory = sharedPath('recordings/mesos');
const skip = directory === undefined && 'the recordings are not here';

interface RecordedStream {
  readonly name: string;
  readonly events: readonly SchedulerEvent[];
  /** How it ended; undefined when the recorder went. */
  readonly how: string | undefined;
}

/** The subscriptions of frameworks in a recording; several after each other on one connection are one. */
function streamsOf(file: string, lines: readonly (RecordingLine & { readonly how?: string })[]): RecordedStream[] {
  const connections = new Set(
    lines.flatMap(({ kind, conn }) => (kind === 'event' && conn !== undefined ? [conn] : [])),
  );
  return [...connections]
    .filter((conn) => !conn.startsWith('operator'))
    .map((conn) => {
      const of = lines.filter((line) => line.conn === conn);
      return {
        name: `${file.split('-', 1)[0] ?? ''} ${conn}`,
        events: of.filter(({ kind }) => kind === 'event').map(({ record }) => record as SchedulerEvent),
        how: of.find(({ kind }) => kind === 'stream-end')?.how,
      };
    });
}

const finalChunk = 'final zero-length chunk';

/** Sizes of the pieces: all at once, byte by byte, and what is neither. */
const cuts: readonly (readonly number[])[] = [[1 << 20], [1], [7, 1, 64, 3], [1460]];

/** Serves `pieces` as one subscription, which ends with the final chunk or as that of a master that dies. */
async function serve(t: Test, pieces: readonly Buffer[], cleanly: boolean): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'mesos-stream-id': 'stream-1' });
      for (const piece of pieces.slice(0, -1)) response.write(piece);
      // What was written goes out before the end, whatever that is
      response.write(pieces.at(-1) ?? '', () => (cleanly ? response.end() : response.destroy()));
    });
  });
  return `127.0.0.1:${await listenOnFreePort(t, server)}`;
}

async function hear(t: Test, pieces: readonly Buffer[], cleanly: boolean) {
  const http = createHttpClient({ timeoutMs: 5_000 });
  const { logger, lines } = memoryLogger();
  const heard: string[] = [];
  const end: SessionEnd = await runSession(
    {
      client: { http, scheme: 'http', headers: {} },
      authority: await serve(t, pieces, cleanly),
      framework: { name: 'marathon', user: 'root', role: 'dev', failoverTimeoutSeconds: 60, hostname: 'h' },
      frameworkId: undefined,
      subscription: { roles: ['dev'], suppressedRoles: [] },
      heartbeatIntervalMs: 15_000,
      heartbeatFailureThreshold: 5,
      mayAct: () => true,
      logger,
    },
    {
      registered: (id) => void heard.push(`SUBSCRIBED ${id}`),
      offers: (offers) => void heard.push(`OFFERS ${offers.map(({ id }) => id).join(' ')}`),
      rescinded: (id) => void heard.push(`RESCIND ${id}`),
      status: ({ taskId, state, uuid, healthy }) =>
        void heard.push(`UPDATE ${[taskId, state, uuid, healthy].join(' ')}`),
      frameworkMessage: (executor, agent) => void heard.push(`MESSAGE ${executor} ${agent}`),
    },
    () => undefined,
  );
  await http.close();
  return { end, heard, lines };
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieces.at(-1)?.length ?? 1) {
    pieces.push(bytes.subarray(at, at + (sizes[pieces.length % sizes.length] ?? 1)));
  }
  return pieces;
}

/** What must be heard of an event; undefined: nothing. */
function expected(event: SchedulerEvent): string | undefined {
  switch (event.type) {
    case 'SUBSCRIBED':
      return `SUBSCRIBED ${event.subscribed.framework_id.value}`;
    case 'OFFERS':
      return `OFFERS ${event.offers.offers.map(({ id }) => id.value).join(' ')}`;
    case 'RESCIND':
      return `RESCIND ${event.rescind.offer_id.value}`;
    case 'UPDATE': {
      const { task_id: id, state, uuid, healthy } = event.update.status;
      return `UPDATE ${[id.value, state, uuid, healthy].join(' ')}`;
    }
    default:
      return undefined;
  }
}

const files = directory === undefined ? [] : readdirSync(directory).filter((file) => file.endsWith('.jsonl'));
const streams = files.flatMap((file) => streamsOf(file, readRecording(file) ?? []));

t.test('every recorded subscription', { skip }, async (t) => {
  t.ok(streams.length > 30, `${streams.length} streams`);
  for (const stream of streams) {
    await t.test(stream.name, async (t) => {
      const error = stream.events.find((event) => event.type === 'ERROR');
      const bytes = Buffer.concat(stream.events.map(encodeRecord));
      for (const sizes of cuts) {
        const { end, heard, lines } = await hear(t, cut(bytes, sizes), stream.how === finalChunk);
        t.same(
          heard,
          stream.events.map(expected).filter((text) => text !== undefined),
        );
        t.same(lines, [], 'nothing that was said is not understood');
        t.match(end, {
          refused: error !== undefined,
          subscribed: stream.events.some(({ type }) => type === 'SUBSCRIBED'),
          atOnce: false,
        });
        if (error?.type === 'ERROR') t.equal(end.reason, error.error.message);
        else if (stream.how === finalChunk) t.equal(end.reason, 'the master ended the stream');
        else t.not(end.reason, 'the master ended the stream');
      }
    });
  }
});

t.test('a stream that is cut anywhere ends the session; what was whole was heard', { skip }, async (t) => {
  const stream = streams.find(({ name }) => name === '17 subscription-1');
  if (stream === undefined) throw new Error('no recording 17');
  const bytes = Buffer.concat(stream.events.map(encodeRecord));
  const ends: number[] = [];
  for (const event of stream.events) ends.push((ends.at(-1) ?? 0) + encodeRecord(event).length);
  for (let at = 1; at < bytes.length; at += 97) {
    for (const cleanly of [true, false]) {
      const { end, heard } = await hear(t, [bytes.subarray(0, at)], cleanly);
      const whole = stream.events.filter((_, i) => (ends[i] ?? 0) <= at);
      const wanted = whole.map(expected).filter((text) => text !== undefined);
      if (end.refused || heard.join() !== wanted.join())
        t.fail(`cut at ${at}: heard ${heard.length} of ${wanted.length}`);
    }
  }
  t.pass(`cut at ${Math.ceil(bytes.length / 97)} places`);
});
