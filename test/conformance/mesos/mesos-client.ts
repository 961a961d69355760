import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { decodeRecords } from '../../../src/mesos/recordio.js';
import type {
  FrameworkInfo,
  Offer,
  OperatorEvent,
  SchedulerEvent,
  TaskStatus,
  Value,
} from '../../../src/mesos/types.js';
import { waitFor } from '../../support/wait.js';

/** A master to talk to, plainly: every header as the test says, redirects not followed. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

function open(
  base: string,
  method: string,
  path: string,
  headers: OutgoingHttpHeaders,
  body: string | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const url = new URL(path, base);
    const sent = request(
      url,
      {
        method,
        agent: false,
        headers: body === undefined ? headers : { ...headers, 'Content-Length': Buffer.byteLength(body) },
      },
      resolve,
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

/** One request; the answer is read whole. */
export async function http(
  base: string,
  method: string,
  path: string,
  options: { headers?: OutgoingHttpHeaders; body?: unknown } = {},
): Promise<Answer> {
  const { headers = {}, body } = options;
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await open(base, method, path, headers, text);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') };
}

const json = { 'Content-Type': 'application/json', Accept: 'application/json' };

/** An open RecordIO stream, its messages gathered as they come. */
export class Stream<Message extends { readonly type: string }> {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly messages: Message[] = [];
  /** `open`, then how it ended: `final chunk` or `cut`. */
  end: 'open' | 'final chunk' | 'cut' = 'open';
  readonly #response: IncomingMessage;

  private constructor(response: IncomingMessage) {
    this.#response = response;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    void this.#read();
  }

  static async open<Message extends { readonly type: string }>(
    base: string,
    path: string,
    call: object,
    headers: OutgoingHttpHeaders = json,
  ): Promise<Stream<Message>> {
    return new Stream<Message>(await open(base, 'POST', path, headers, JSON.stringify(call)));
  }

  async #read(): Promise<void> {
    try {
      for await (const record of decodeRecords(this.#response)) {
        this.messages.push(JSON.parse(record.toString('utf8')) as Message);
      }
    } catch {
      // told by `complete`
    }
    this.end = this.#response.complete ? 'final chunk' : 'cut';
  }

  /** Closes the connection from this side. */
  drop(): void {
    this.#response.destroy();
  }

  /** Waits for a message of that type that fits. */
  next<Type extends Message['type']>(
    type: Type,
    fits: (message: Extract<Message, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<Message, { type: Type }>> {
    return waitFor(
      `${type} among ${this.messages.map((m) => m.type).join(' ')}`,
      () => this.messages.find((m): m is Extract<Message, { type: Type }> => m.type === type && fits(m as never)),
      { everyMs: 5 },
    );
  }

  async ended(): Promise<'final chunk' | 'cut'> {
    return waitFor('the end of the stream', () => (this.end === 'open' ? undefined : this.end), { everyMs: 5 });
  }
}

export const allCapabilities = [
  'MULTI_ROLE',
  'PARTITION_AWARE',
  'TASK_KILLING_STATE',
  'RESERVATION_REFINEMENT',
  'REGION_AWARE',
  'GPU_RESOURCES',
  'SHARED_RESOURCES',
];

export function frameworkInfo(more: Partial<FrameworkInfo> = {}, capabilities = allCapabilities): FrameworkInfo {
  return {
    user: 'root',
    name: 'marathon',
    failover_timeout: 604_800,
    checkpoint: true,
    hostname: '127.0.0.1',
    principal: 'marathon',
    webui_url: 'http://127.0.0.1:8080',
    ...(capabilities.includes('MULTI_ROLE') ? { roles: ['*'] } : {}),
    capabilities: capabilities.map((type) => ({ type })),
    ...more,
  };
}

/** The events of one type, in the order they came. */
function updatesIn(events: readonly SchedulerEvent[]): TaskStatus[] {
  return events.flatMap((e) => (e.type === 'UPDATE' ? [e.update.status] : []));
}

/** A subscribed framework that acknowledges every update unless told otherwise. */
export class TestFramework {
  readonly stream: Stream<SchedulerEvent>;
  readonly id: string;
  readonly streamId: string;
  readonly #base: string;
  readonly #acknowledging: NodeJS.Timeout;
  #acknowledged = 0;

  private constructor(base: string, stream: Stream<SchedulerEvent>, id: string, acknowledge: boolean) {
    this.#base = base;
    this.stream = stream;
    this.id = id;
    this.streamId = String(stream.headers['mesos-stream-id']);
    this.#acknowledging = setInterval(() => {
      // A master that is gone is not this timer's to report.
      if (acknowledge) this.#acknowledge().catch(() => clearInterval(this.#acknowledging));
    }, 10);
  }

  static async subscribe(
    base: string,
    options: { info?: FrameworkInfo; suppressedRoles?: readonly string[]; acknowledge?: boolean } = {},
  ): Promise<TestFramework> {
    const { info = frameworkInfo(), suppressedRoles, acknowledge = true } = options;
    const stream = await Stream.open<SchedulerEvent>(base, '/api/v1/scheduler', {
      type: 'SUBSCRIBE',
      ...(info.id === undefined ? {} : { framework_id: info.id }),
      subscribe: {
        framework_info: info,
        ...(suppressedRoles === undefined ? {} : { suppressed_roles: suppressedRoles }),
      },
    });
    const { subscribed } = await stream.next('SUBSCRIBED');
    return new TestFramework(base, stream, subscribed.framework_id.value, acknowledge);
  }

  async #acknowledge(): Promise<void> {
    for (;;) {
      const status = updatesIn(this.stream.messages)[this.#acknowledged];
      if (status === undefined) return;
      this.#acknowledged++;
      if (status.uuid !== undefined && status.agent_id !== undefined) await this.acknowledge(status);
    }
  }

  acknowledge(status: TaskStatus): Promise<Answer> {
    return this.call({
      type: 'ACKNOWLEDGE',
      acknowledge: { agent_id: status.agent_id, task_id: status.task_id, uuid: status.uuid },
    });
  }

  call(call: object, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return http(this.#base, 'POST', '/api/v1/scheduler', {
      headers: { ...json, 'Mesos-Stream-Id': this.streamId, ...headers },
      body: { framework_id: { value: this.id }, ...call },
    });
  }

  /** Waits for an offer that it has not used yet (see `use`), of at least these cpus. */
  offer(cpus = 0.1): Promise<Offer> {
    return waitFor('an offer', () => this.heldOffers().find((o) => scalar(o, 'cpus') >= cpus), { everyMs: 5 });
  }

  /** All offers that it has not used yet and that were not rescinded. */
  heldOffers(): Offer[] {
    const rescinded = this.stream.messages.flatMap((e) => (e.type === 'RESCIND' ? [e.rescind.offer_id.value] : []));
    return this.stream.messages
      .flatMap((e) => (e.type === 'OFFERS' ? e.offers.offers : []))
      .filter((o) => !this.#used.has(o.id.value) && !rescinded.includes(o.id.value));
  }

  readonly #used = new Set<string>();

  async decline(offer: Offer, refuseSeconds?: number): Promise<Answer> {
    this.#used.add(offer.id.value);
    return this.call({
      type: 'DECLINE',
      decline: {
        offer_ids: [offer.id],
        ...(refuseSeconds === undefined ? {} : { filters: { refuse_seconds: refuseSeconds } }),
      },
    });
  }

  async launch(offers: readonly Offer[], tasks: readonly object[], refuseSeconds = 0): Promise<Answer> {
    const operations = tasks.length === 0 ? [] : [{ type: 'LAUNCH', launch: { task_infos: tasks } }];
    return this.accept(offers, operations, refuseSeconds);
  }

  accept(offers: readonly Offer[], operations: readonly object[], refuseSeconds = 0): Promise<Answer> {
    for (const offer of offers) this.#used.add(offer.id.value);
    return this.call({
      type: 'ACCEPT',
      accept: { offer_ids: offers.map((o) => o.id), operations, filters: { refuse_seconds: refuseSeconds } },
    });
  }

  /** Waits for the first status of a task that fits. */
  async status(taskId: string, fits: (status: TaskStatus) => boolean): Promise<TaskStatus> {
    const event = await this.stream.next(
      'UPDATE',
      (e) => e.update.status.task_id.value === taskId && fits(e.update.status),
    );
    return event.update.status;
  }

  states(taskId: string): string[] {
    return updatesIn(this.stream.messages)
      .filter((s) => s.task_id.value === taskId)
      .map((s) => s.state);
  }

  /** Drops the connection. */
  disconnect(): void {
    clearInterval(this.#acknowledging);
    this.stream.drop();
  }

  async teardown(): Promise<void> {
    await this.call({ type: 'TEARDOWN' });
    this.disconnect();
  }
}

export function scalar(offer: Offer, name: string): number {
  return offer.resources.reduce((sum, r) => sum + (r.name === name ? (r.scalar?.value ?? 0) : 0), 0);
}

/** A command task; `resources` default to 0.1 cpus and 32 MiB. */
export function task(id: string, agentId: Value, command: string, more: object = {}): object {
  return {
    name: id,
    task_id: { value: id },
    agent_id: agentId,
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
    ],
    command: { shell: true, value: command },
    ...more,
  };
}

/** One call of the operator API. */
export async function operator(base: string, call: object): Promise<Answer> {
  return http(base, 'POST', '/api/v1', { headers: json, body: call });
}

/** Subscribes to the operator API. */
export function subscribeOperator(base: string): Promise<Stream<OperatorEvent>> {
  return Stream.open<OperatorEvent>(base, '/api/v1', { type: 'SUBSCRIBE' });
}
