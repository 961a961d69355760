import { setTimeout as sleep } from 'node:timers/promises';
import type { Offer, Resource, SchedulerEvent, TaskStatus } from '../../../src/mesos/types.js';
import type { Answer } from './mesos-client.js';
import { http, Stream } from './mesos-client.js';
import type { RecordedEvent, RecordedLine } from './recording.js';

/** How long an event may take that was recorded. */
const eventMs = 6000;
/** Pauses that were made on purpose, to see what comes of them. */
const maxPauseMs = 6000;

/** What is found when a recording is played to another master. */
export interface ReplayResult {
  /** Answers and events that were compared. */
  readonly compared: number;
  /** Those that differ, each with how. */
  readonly differences: readonly string[];
}

/** Every path of a JSON value: `offers[].resources[].name`. */
export function pathsOf(json: unknown, path = '', paths = new Set<string>()): Set<string> {
  if (Array.isArray(json)) for (const item of json) pathsOf(item, `${path}[]`, paths);
  else if (typeof json === 'object' && json !== null) {
    for (const [name, value] of Object.entries(json)) pathsOf(value, path === '' ? name : `${path}.${name}`, paths);
  } else paths.add(path);
  return paths;
}

const sumOf = (resources: readonly Resource[], name: string): number =>
  resources.reduce((sum, r) => sum + (r.name === name ? (r.scalar?.value ?? 0) : 0), 0);

/** A text without what is another one each time. */
const plain = (text: string | undefined): string | undefined =>
  text?.replace(/[0-9a-f]{8}-[0-9a-f-]{27}(-[OS]?\d+)?/g, 'ID').replace(/\d+(\.\d+)?/g, 'N');

/** Plays the requests of a recording to a master, in order, each when what came before it was recorded has come here, too. */
export class Replay {
  readonly #base: string;
  readonly #ids = new Map<string, string>();
  /** Recorded offers: what is one offer there may be several here, when it came together from several tasks. */
  readonly #offers = new Map<string, string[]>();
  readonly #streams = new Map<string, Stream<SchedulerEvent>>();
  /** Per connection: events of ours that stand for recorded ones already. */
  readonly #matched = new Map<string, Set<SchedulerEvent>>();
  readonly #usedOffers = new Set<string>();
  readonly #answers = new Map<string, Answer[]>();
  readonly #differences: string[] = [];
  #compared = 0;

  constructor(base: string) {
    this.#base = base;
  }

  async play(lines: readonly RecordedLine[]): Promise<ReplayResult> {
    let lastMs = 0;
    for (const [i, line] of lines.entries()) {
      // An operator looks again after a while: what has come of a framework that stays away, for example.
      if (line.kind === 'request' && line.conn === 'operator' && line.line.startsWith('GET')) {
        await sleep(Math.min(maxPauseMs, Math.max(0, line.t * 1000 - lastMs)));
      }
      lastMs = line.t * 1000;
      if (line.kind === 'request') await this.#request(line, opensStream(lines, i));
      else if (line.kind === 'response') this.#response(line);
      else if (line.kind === 'event') await this.#event(line.conn, line.record);
      else if (line.kind === 'stream-end') await this.#end(line);
      else if (line.text.startsWith('client closes the connection of ')) {
        this.#streams.get(line.text.slice('client closes the connection of '.length))?.drop();
        // The master has to see it, too.
        await sleep(50);
      }
    }
    for (const stream of this.#streams.values()) stream.drop();
    return { compared: this.#compared, differences: this.#differences };
  }

  #check(what: string, problem: string | undefined): void {
    this.#compared++;
    if (problem !== undefined) this.#differences.push(`${what}: ${problem}`);
  }

  /** Ids of that master as they are here. */
  #translate<T>(json: T): T {
    let text = JSON.stringify(json);
    for (const [theirs, ours] of this.#ids) text = text.replaceAll(theirs, ours);
    return JSON.parse(text) as T;
  }

  async #request(
    { conn, line, headers, body }: Extract<RecordedLine, { kind: 'request' }>,
    isSubscription: boolean,
  ): Promise<void> {
    const [method = '', path = ''] = line.split(' ');
    const sent = this.#translate({ body: this.#withOurOffers(body), headers });
    const kept = Object.entries(sent.headers).filter(
      ([name]) => !['host', 'content-length', 'connection'].includes(name.toLowerCase()),
    );
    const given = sent.body === '' || sent.body === null ? undefined : sent.body;
    if (!isSubscription) {
      const answer = await http(this.#base, method, path, { headers: Object.fromEntries(kept), body: given });
      this.#answers.set(conn, [...(this.#answers.get(conn) ?? []), answer]);
      return;
    }
    const stream = await Stream.open<SchedulerEvent>(this.#base, path, given as object, Object.fromEntries(kept));
    this.#streams.set(conn, stream);
    this.#matched.set(conn, new Set());
    const answer = { status: stream.status, headers: stream.headers, body: '' };
    this.#answers.set(conn, [...(this.#answers.get(conn) ?? []), answer]);
  }

  #withOurOffers(body: unknown): unknown {
    return JSON.parse(
      JSON.stringify(body, (name, value: unknown) =>
        name === 'offer_ids' && Array.isArray(value)
          ? (value as { value: string }[]).flatMap((id) =>
              (this.#offers.get(id.value) ?? [id.value]).map((ours) => ({ value: ours })),
            )
          : value,
      ),
    );
  }

  #response({ conn, line, headers, body }: Extract<RecordedLine, { kind: 'response' }>): void {
    const answer = this.#answers.get(conn)?.shift();
    const what = `answer on ${conn}`;
    if (answer === undefined) return this.#check(what, 'none');
    const streamId = headers['Mesos-Stream-Id'];
    if (streamId !== undefined) this.#ids.set(streamId, String(answer.headers['mesos-stream-id']));
    const status = Number(line.split(' ')[1]);
    if (answer.status !== status)
      return this.#check(what, `${answer.status} ${answer.body}, recorded ${status} ${body ?? ''}`);
    const type = headers['Content-Type'];
    if (type !== answer.headers['content-type']) {
      return this.#check(what, `${String(answer.headers['content-type'])}, recorded ${String(type)}`);
    }
    if (body === null || type === undefined || type === 'text/html') return this.#check(what, undefined);
    if (!type.startsWith('application/json')) {
      const [ours, theirs] = [plain(answer.body), plain(body)];
      return this.#check(what, ours === theirs ? undefined : `${String(ours)}, recorded ${String(theirs)}`);
    }
    this.#check(what, pathDifference(JSON.parse(answer.body), JSON.parse(body)));
  }

  async #end({ conn, how }: Extract<RecordedLine, { kind: 'stream-end' }>): Promise<void> {
    const stream = this.#streams.get(conn);
    const end = await Promise.race([stream?.ended(), sleep(eventMs, 'open')]);
    this.#check(`end of ${conn}`, end === (how.includes('final') ? 'final chunk' : 'cut') ? undefined : String(end));
  }

  async #event(conn: string, recorded: RecordedEvent): Promise<void> {
    if (recorded.type === 'HEARTBEAT') return;
    const stream = this.#streams.get(conn);
    if (stream === undefined) return;
    if (recorded.type === 'OFFERS') {
      for (const offer of (recorded as unknown as Extract<SchedulerEvent, { type: 'OFFERS' }>).offers.offers) {
        await this.#offer(conn, stream, offer);
      }
      return;
    }
    const matched = this.#matched.get(conn) ?? new Set();
    const fits = (event: SchedulerEvent): boolean =>
      !matched.has(event) && event.type === recorded.type && sameSubject(this.#translate(recorded), event);
    const event = await this.#wait(() => stream.messages.find(fits));
    const what = `${recorded.type} ${subjectOf(recorded)}`.trim();
    if (event === undefined) return this.#check(what, 'it did not come');
    matched.add(event);
    this.#learn(recorded, event);
    this.#check(what, pathDifference(event, recorded) ?? textDifference(recorded, event));
  }

  /** An offer of ours that can stand for a recorded one, or several together: of the same role, with as many cpus. */
  async #offer(conn: string, stream: Stream<SchedulerEvent>, recorded: Offer): Promise<void> {
    const role = recorded.allocation_info?.role;
    const candidates = (): Offer[] => {
      const rescinded = stream.messages.flatMap((e) => (e.type === 'RESCIND' ? [e.rescind.offer_id.value] : []));
      return stream.messages
        .flatMap((e) => (e.type === 'OFFERS' ? e.offers.offers : []))
        .filter(
          (o) =>
            !this.#usedOffers.has(o.id.value) && !rescinded.includes(o.id.value) && o.allocation_info?.role === role,
        );
    };
    const cpus = Math.round(sumOf(recorded.resources, 'cpus') * 1000);
    const cpusOf = (offers: readonly Offer[]): number =>
      offers.reduce((sum, o) => sum + Math.round(sumOf(o.resources, 'cpus') * 1000), 0);
    const found = await this.#wait(() => {
      const all = candidates();
      const fitting = [...all.map((o) => [o]), all].filter((some) => some.length > 0 && cpusOf(some) === cpus);
      return fitting.find((some) => offerDifference(some, recorded) === undefined) ?? fitting[0];
    });
    const what = `OFFERS on ${conn} of ${cpus / 1000} cpus for ${role ?? 'the only role'}`;
    if (found === undefined) {
      const held = candidates().map((o) => sumOf(o.resources, 'cpus'));
      return this.#check(what, `there are offers of ${held.join(', ') || 'nothing'}`);
    }
    for (const { id } of found) this.#usedOffers.add(id.value);
    this.#offers.set(
      recorded.id.value,
      found.map(({ id }) => id.value),
    );
    const [first] = found;
    if (first !== undefined) {
      this.#ids.set(recorded.id.value, first.id.value);
      this.#ids.set(recorded.agent_id.value, first.agent_id.value);
    }
    this.#check(what, offerDifference(found, recorded));
  }

  /** Notes what ids of theirs are here. */
  #learn(recorded: RecordedEvent, event: SchedulerEvent): void {
    const theirs = recorded as unknown as SchedulerEvent;
    const put = (from: string | undefined, to: string | undefined): void => {
      if (from !== undefined && to !== undefined) this.#ids.set(from, to);
    };
    if (theirs.type === 'SUBSCRIBED' && event.type === 'SUBSCRIBED') {
      put(theirs.subscribed.framework_id.value, event.subscribed.framework_id.value);
    } else if (theirs.type === 'UPDATE' && event.type === 'UPDATE') {
      put(theirs.update.status.uuid, event.update.status.uuid);
    } else if (theirs.type === 'UPDATE_OPERATION_STATUS' && event.type === 'UPDATE_OPERATION_STATUS') {
      put(theirs.update_operation_status.status.uuid?.value, event.update_operation_status.status.uuid?.value);
    } else if (theirs.type === 'INVERSE_OFFERS' && event.type === 'INVERSE_OFFERS') {
      put(theirs.inverse_offers.inverse_offers[0]?.id.value, event.inverse_offers.inverse_offers[0]?.id.value);
    }
  }

  async #wait<T>(find: () => T | undefined): Promise<T | undefined> {
    const untilMs = Date.now() + eventMs;
    for (;;) {
      const found = find();
      if (found !== undefined || Date.now() > untilMs) return found;
      await sleep(10);
    }
  }
}

/** Whether the answer to the request at `i` is a stream. */
function opensStream(lines: readonly RecordedLine[], i: number): boolean {
  const asked = lines[i];
  const answer = lines
    .slice(i + 1)
    .find((line) => line.kind === 'response' && asked?.kind === 'request' && line.conn === asked.conn);
  return answer?.kind === 'response' && answer.body === null;
}

/** Several offers are compared as the one that they are elsewhere. */
function offerDifference(ours: readonly Offer[], recorded: Offer): string | undefined {
  const [first] = ours;
  return pathDifference({ ...first, resources: ours.flatMap(({ resources }) => resources) }, recorded);
}

function statusOf(event: object): TaskStatus | undefined {
  return (event as { update?: { status?: TaskStatus } }).update?.status;
}

/** What an event is about, for messages. */
function subjectOf(event: object): string {
  const status = statusOf(event);
  return status === undefined ? '' : `${status.task_id.value} ${status.state} ${status.reason ?? ''}`.trim();
}

/** Whether two events of one type are about the same. */
function sameSubject(a: object, b: object): boolean {
  const [x, y] = [statusOf(a), statusOf(b)];
  if (x === undefined || y === undefined) return true;
  return x.task_id.value === y.task_id.value && x.state === y.state && x.reason === y.reason && x.healthy === y.healthy;
}

/** Paths that only one of them has. */
export function pathDifference(ours: unknown, theirs: unknown): string | undefined {
  const [left, right] = [pathsOf(ours), pathsOf(theirs)];
  const missing = [...right].filter((path) => !left.has(path));
  const extra = [...left].filter((path) => !right.has(path));
  if (missing.length === 0 && extra.length === 0) return undefined;
  return `${missing.length > 0 ? `lacks ${missing.join(' ')}` : ''} ${extra.length > 0 ? `has ${extra.join(' ')}` : ''}`.trim();
}

function textDifference(recorded: object, ours: object): string | undefined {
  // What is listed in them has no order.
  const [theirs, own] = [statusOf(recorded)?.message, statusOf(ours)?.message].map((text) =>
    plain(text)?.split(/; | /).sort().join(' '),
  );
  return theirs === own ? undefined : `'${String(own)}', recorded '${String(theirs)}'`;
}
