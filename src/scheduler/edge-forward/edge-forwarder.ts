import { messageOf } from '../../common/errors.js';
import { createHttpClient, readBytes } from '../../common/http-client.js';
import type { HttpStream } from '../../common/http-client.js';
import { ApiError } from '../api/api-error.js';
import type { ForwardedMethod } from './forwarded-paths.js';

/** Of an edge, for a whole answer. */
const timeoutMs = 10_000;
/** Edges that stream say something every ten seconds. */
const streamSilenceMs = 30_000;
/** The configuration of a large load balancer, or a page of records. */
const maxAnswerBytes = 8 << 20;
/** So many answers are awaited at a time: each may be as large as it may be. Of one edge fewer, which may be frozen. */
const underWay = { max: 32, maxOfOne: 16 };
const openStreams = { max: 200, maxOfOne: 100 };

/** A request on its way to an edge. */
export interface ForwardedRequest {
  readonly method: ForwardedMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Aborted when whoever asks has gone. */
  readonly signal: AbortSignal;
}

/** What of an edge's answer is passed back: nothing else of what somebody else has written is. */
export interface ForwardedAnswer {
  readonly status: number;
  readonly contentType: 'application/json' | 'text/plain; charset=utf-8';
  readonly body: Buffer;
}

/** Sends requests to edges; no redirect is followed. Both throw ApiError 502 when there is no answer, and 503 when too many are awaited. */
export interface EdgeForwarder {
  /** The whole answer, within 10 s and 8 MiB; `edge` is how it is called in errors. */
  answer(edge: string, request: ForwardedRequest): Promise<ForwardedAnswer>;
  /** The events that an edge sends, until the signal is aborted or it ends; or what it answers instead. */
  stream(edge: string, request: ForwardedRequest): Promise<ForwardedAnswer | AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

/** A browser takes an answer for what it is said to be: anything but JSON is nothing but text. */
function contentTypeOf({ headers }: HttpStream): ForwardedAnswer['contentType'] {
  const type = headers['content-type'] ?? '';
  return /^application\/json\s*(?:;|$)/i.test(type) ? 'application/json' : 'text/plain; charset=utf-8';
}

async function wholeAnswer(edge: string, answer: HttpStream): Promise<ForwardedAnswer> {
  const { status } = answer;
  const body = await readBytes(answer.body, maxAnswerBytes);
  if (status < 200 || (status >= 300 && status < 400)) {
    throw new ApiError(502, `The edge ${edge} answers ${status}: redirects are not followed`);
  }
  if (body === undefined) {
    throw new ApiError(502, `The answer of the edge ${edge} is larger than ${maxAnswerBytes} bytes: ask it yourself`);
  }
  return { status, contentType: contentTypeOf(answer), body };
}

function failure(edge: string, error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError(502, `The edge ${edge} does not answer: ${messageOf(error)}`);
}

interface RoomLimits {
  readonly max: number;
  readonly maxOfOne: number;
}

/** Counts what is under way, and refuses what would be too much. */
class Room {
  readonly #limits: RoomLimits;
  readonly #used = new Map<string, number>();
  #total = 0;

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  /** Returns what is to be called at the end. Throws ApiError 503. */
  enter(edge: string, what: string): () => void {
    const { max, maxOfOne } = this.#limits;
    const used = this.#used.get(edge) ?? 0;
    if (used >= maxOfOne) throw new ApiError(503, `${used} ${what} of the edge ${edge} already: try again later`);
    if (this.#total >= max) throw new ApiError(503, `${this.#total} ${what} of edges already: try again later`);
    this.#count(edge, 1);
    let isIn = true;
    return () => {
      if (isIn) this.#count(edge, -1);
      isIn = false;
    };
  }

  #count(edge: string, more: number): void {
    const used = (this.#used.get(edge) ?? 0) + more;
    this.#total += more;
    if (used === 0) this.#used.delete(edge);
    else this.#used.set(edge, used);
  }
}

/** Opens what forwards. */
export function openEdgeForwarder(): EdgeForwarder {
  const client = createHttpClient({ timeoutMs, connections: 8 });
  const answers = new Room(underWay);
  const streams = new Room(openStreams);

  async function* until(leave: () => void, events: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    try {
      yield* events;
    } finally {
      leave();
    }
  }

  const send = ({ body, ...request }: ForwardedRequest, idleTimeoutMs: number): Promise<HttpStream> =>
    client.stream({ ...request, ...(body === undefined ? {} : { body }), idleTimeoutMs });

  return {
    async answer(edge, request) {
      const leave = answers.enter(edge, 'answers are awaited');
      try {
        const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
        return await wholeAnswer(edge, await send({ ...request, signal }, timeoutMs));
      } catch (error) {
        throw failure(edge, error);
      } finally {
        leave();
      }
    },

    async stream(edge, request) {
      const leave = streams.enter(edge, 'streams are open');
      try {
        const answer = await send(request, streamSilenceMs);
        if (answer.status === 200 && /^text\/event-stream\b/i.test(answer.headers['content-type'] ?? '')) {
          return until(leave, answer.body);
        }
        const whole = await wholeAnswer(edge, answer);
        leave();
        return whole;
      } catch (error) {
        leave();
        throw failure(edge, error);
      }
    },

    close: () => client.close(),
  };
}
