import type { ExecutorEnd } from '../../../src/cluster/agent-port.js';
import type { MasterEffects } from '../../../src/cluster/master/context.js';
import { Master } from '../../../src/cluster/master/master.js';
import type { Quotas } from '../../../src/cluster/master/quotas.js';
import type { Framework } from '../../../src/cluster/master/state.js';
import type {
  DomainInfo,
  FrameworkInfo,
  Offer,
  OfferOperation,
  OperationStatus,
  OperatorEvent,
  SchedulerCall,
  SchedulerEvent,
  TaskInfo,
  TaskStatus,
} from '../../../src/mesos/types.js';
import { frameworkInfo } from '../../conformance/mesos/mesos-client.js';
import { FakeAgent } from './fake-agent.js';

const info = { id: 'M', ip: 16_777_343, port: 5050, pid: 'master@127.0.0.1:5050', hostname: '127.0.0.1' };

export interface WorldOptions {
  readonly weights?: ReadonlyMap<string, number>;
  readonly quotas?: Quotas;
  readonly domain?: DomainInfo;
  readonly agent?: FakeAgent;
  /** Instead of `agent`. */
  readonly agents?: readonly FakeAgent[];
}

/** The state machine of a master over fake agents: time and stream ids are the test's. */
export interface World {
  readonly master: Master;
  /** The first one. */
  readonly agent: FakeAgent;
  readonly published: OperatorEvent[];
  /** Streams that the master has ended. */
  readonly ended: string[];
  now: number;
  framework(streamId: string): Framework;
  events(streamId: string): SchedulerEvent[];
  /** The types of the events since this was last asked. */
  news(streamId: string): string[];
  offers(streamId: string): Offer[];
  statuses(streamId: string): TaskStatus[];
  operations(streamId: string): OperationStatus[];
  subscribe(
    streamId: string,
    more?: Partial<FrameworkInfo>,
    capabilities?: string[],
    options?: { suppressedRoles?: readonly string[]; offerConstraints?: object },
  ): string;
  call(streamId: string, call: SchedulerCall): void;
  accept(streamId: string, offer: Offer, operations: readonly OfferOperation[], refuseSeconds?: number): void;
  launch(streamId: string, offer: Offer, tasks: object[], refuseSeconds?: number): void;
  /** Acknowledges every update, also those that follow. */
  acknowledgeAll(streamId: string): void;
  /** An agent that starts registers. */
  register(agent: FakeAgent): Promise<void>;
  /** Lets agents end the operations that they were given. */
  settle(): Promise<void>;
  /** The time at which the master wants to be woken, and its work then. */
  passTo(ms: number): void;
}

export async function world(options: WorldOptions = {}): Promise<World> {
  const sent = new Map<string, SchedulerEvent[]>();
  const told = new Map<string, number>();
  const published: OperatorEvent[] = [];
  const ended: string[] = [];
  const queue: (() => void)[] = [];
  const agents = options.agents ?? [options.agent ?? new FakeAgent({ cpus: 4 })];
  const effects: MasterEffects = {
    send: (streamId, event) => void sent.set(streamId, [...(sent.get(streamId) ?? []), event]),
    end: (streamId) => void ended.push(streamId),
    publish: (event) => void published.push(event),
    apply: (port, operation, uuid) => {
      const end = (problem?: string): void => void queue.push(() => master.operationEnded(uuid, problem, w.now));
      port.applyOperation(operation).then(
        () => end(),
        (error: Error) => end(error.message),
      );
    },
  };
  let uuids = 0;
  const { weights = new Map<string, number>(), quotas = new Map() as Quotas, domain } = options;
  const master = new Master({
    info: domain === undefined ? info : { ...info, domain },
    startedAtMs: 0,
    weights,
    quotas,
    effects,
    newUuid: () => Buffer.from(String(++uuids).padStart(16, '0')).toString('base64'),
  });
  const drain = (): void => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
  };
  const events = (streamId: string): SchedulerEvent[] => sent.get(streamId) ?? [];
  const frameworkOf = (streamId: string): Framework => {
    const found = [...master.state.frameworks.values()].find((f) => f.streamId === streamId);
    if (found === undefined) throw new Error(`nobody on ${streamId}`);
    return found;
  };
  const [first] = agents;
  if (first === undefined) throw new Error('a world needs an agent');
  const w: World = {
    master,
    agent: first,
    published,
    ended,
    now: 1000,
    framework: frameworkOf,
    events,
    news(streamId) {
      const all = events(streamId);
      const types = all.slice(told.get(streamId) ?? 0).map(({ type }) => type);
      told.set(streamId, all.length);
      return types;
    },
    offers: (streamId) => events(streamId).flatMap((e) => (e.type === 'OFFERS' ? e.offers.offers : [])),
    statuses: (streamId) => events(streamId).flatMap((e) => (e.type === 'UPDATE' ? [e.update.status] : [])),
    operations: (streamId) =>
      events(streamId).flatMap((e) => (e.type === 'UPDATE_OPERATION_STATUS' ? [e.update_operation_status.status] : [])),
    subscribe(streamId, more, capabilities, { suppressedRoles = [], offerConstraints } = {}) {
      master.subscribe(frameworkInfo(more, capabilities), { suppressedRoles, offerConstraints }, streamId, w.now);
      return frameworkOf(streamId).id;
    },
    call(streamId, call) {
      if (call.type === 'UPDATE_FRAMEWORK') throw new Error('not a call of Master.call');
      master.call(frameworkOf(streamId), call, w.now);
      drain();
    },
    accept(streamId, offer, operations, refuseSeconds = 0) {
      const filters = { refuse_seconds: refuseSeconds };
      w.call(streamId, { type: 'ACCEPT', accept: { offer_ids: [offer.id], operations, filters } });
    },
    launch(streamId, offer, tasks, refuseSeconds) {
      w.accept(streamId, offer, [{ type: 'LAUNCH', launch: { task_infos: tasks as TaskInfo[] } }], refuseSeconds);
    },
    acknowledgeAll(streamId) {
      let done = 0;
      for (let list = w.statuses(streamId); done < list.length; list = w.statuses(streamId)) {
        const { uuid, task_id, agent_id } = list[done++] as TaskStatus;
        if (uuid === undefined || agent_id === undefined) continue;
        w.call(streamId, { type: 'ACKNOWLEDGE', acknowledge: { uuid, task_id, agent_id } });
      }
    },
    async register(agent) {
      const registration = await agent.start(
        (update) => void queue.push(() => master.update(update, w.now)),
        (end: ExecutorEnd) => void queue.push(() => master.executorEnded(agent.id.value, end, w.now)),
      );
      master.registerAgent(registration, agent, w.now);
      drain();
    },
    async settle() {
      await new Promise((resolve) => setImmediate(resolve));
      drain();
    },
    passTo(ms) {
      for (let next = master.nextDeadlineMs(); next !== undefined && next <= ms; next = master.nextDeadlineMs()) {
        w.now = next;
        master.tick(next);
      }
      w.now = ms;
      drain();
    },
  };
  for (const agent of agents) await w.register(agent);
  return w;
}

/** The last of a list that must not be empty. */
export const last = <T>(list: readonly T[]): T => {
  const item = list.at(-1);
  if (item === undefined) throw new Error('nothing there');
  return item;
};
