import type { FrameworkInfo } from '../../../mesos/types.js';
import type { FrameworkCall } from '../master.js';
import type { MessageRule } from './json-message.js';
import { list, message, MessageError, optional, readMessage, repeated, required } from './json-message.js';

/** mesos/v1/scheduler/scheduler.proto, `Call`, as far as it is looked at here or by the agent. */
const value = message({ value: required('string') });
const labels = message({ labels: list(message({ key: required('string'), value: optional('string') })) });
const range = message({ begin: required('uint'), end: required('uint') });
const resource = message({
  name: required('string'),
  type: required({ oneOf: ['SCALAR', 'RANGES', 'SET'] }),
  scalar: optional(message({ value: required('number') })),
  ranges: optional(message({ range: list(range) })),
  set: optional(message({ item: list('string') })),
  role: optional('string'),
  allocation_info: optional(message({ role: optional('string') })),
  disk: optional('object'),
});
const killPolicy = message({ grace_period: optional(message({ nanoseconds: required('number') })) });
const commandInfo = message({
  shell: optional('bool'),
  value: optional('string'),
  arguments: repeated('string'),
  user: optional('string'),
  uris: repeated(
    message({
      value: required('string'),
      extract: optional('bool'),
      executable: optional('bool'),
      cache: optional('bool'),
      output_file: optional('string'),
    }),
  ),
  environment: optional(
    message({
      variables: list(
        message({
          name: required('string'),
          value: optional('string'),
          type: optional({ oneOf: ['VALUE', 'SECRET'] }),
        }),
      ),
    }),
  ),
});
const discoveryInfo = message({
  visibility: required({ oneOf: ['FRAMEWORK', 'CLUSTER', 'EXTERNAL'] }),
  name: optional('string'),
  environment: optional('string'),
  location: optional('string'),
  version: optional('string'),
  ports: optional(
    message({
      ports: list(
        message({
          number: required('uint'),
          name: optional('string'),
          protocol: optional('string'),
          visibility: optional({ oneOf: ['FRAMEWORK', 'CLUSTER', 'EXTERNAL'] }),
          labels: optional(labels),
        }),
      ),
    }),
  ),
  labels: optional(labels),
});
const taskInfo = message({
  name: required('string'),
  task_id: required(value),
  agent_id: required(value),
  resources: list(resource),
  executor: optional('object'),
  command: optional(commandInfo),
  container: optional('object'),
  health_check: optional('object'),
  check: optional('object'),
  kill_policy: optional(killPolicy),
  labels: optional(labels),
  discovery: optional(discoveryInfo),
  data: optional('bytes'),
});
const filters = message({ refuse_seconds: optional('number') });
const offerIds = list(value);
const roles = message({ roles: repeated('string') });

/** Mesos' calls that this cluster does not carry out. */
const unsupportedCalls = [
  'ACCEPT_INVERSE_OFFERS',
  'DECLINE_INVERSE_OFFERS',
  'SHUTDOWN',
  'ACKNOWLEDGE_OPERATION_STATUS',
  'RECONCILE_OPERATIONS',
  'UPDATE_FRAMEWORK',
] as const;

const frameworkInfo = message({
  user: required('string'),
  name: required('string'),
  id: optional(value),
  failover_timeout: optional('number'),
  checkpoint: optional('bool'),
  role: optional('string'),
  roles: repeated('string'),
  hostname: optional('string'),
  principal: optional('string'),
  webui_url: optional('string'),
  capabilities: repeated(message({ type: optional('string') })),
  labels: optional(labels),
});

const callRule: MessageRule = message({
  type: optional({
    oneOf: [
      ...['SUBSCRIBE', 'TEARDOWN', 'ACCEPT', 'DECLINE', 'REVIVE', 'SUPPRESS', 'KILL', 'ACKNOWLEDGE', 'RECONCILE'],
      ...['MESSAGE', 'REQUEST'],
      ...unsupportedCalls,
    ],
  }),
  framework_id: optional(value),
  subscribe: optional(message({ framework_info: required(frameworkInfo), suppressed_roles: list('string') })),
  accept: optional(
    message({
      offer_ids: offerIds,
      operations: list(
        message({ type: optional('string'), launch: optional(message({ task_infos: list(taskInfo) })) }),
      ),
      filters: optional(filters),
    }),
  ),
  decline: optional(message({ offer_ids: offerIds, filters: optional(filters) })),
  revive: optional(roles),
  suppress: optional(roles),
  kill: optional(message({ task_id: required(value), agent_id: optional(value), kill_policy: optional(killPolicy) })),
  acknowledge: optional(message({ agent_id: required(value), task_id: required(value), uuid: required('bytes') })),
  reconcile: optional(message({ tasks: list(message({ task_id: required(value), agent_id: optional(value) })) })),
});

/** Calls whose message of the same name must be there. */
const withMessage: ReadonlySet<string> = new Set(['accept', 'decline', 'kill', 'acknowledge', 'reconcile']);

export type SchedulerRequest =
  | { readonly kind: 'subscribe'; readonly info: FrameworkInfo; readonly suppressedRoles: readonly string[] }
  | { readonly kind: 'call'; readonly frameworkId: string; readonly call: FrameworkCall }
  /** A call of Mesos' that is not carried out here; `what` names it. */
  | { readonly kind: 'unsupported'; readonly frameworkId: string; readonly what: string };

interface RawCall {
  readonly type?: string;
  readonly framework_id?: { readonly value: string };
  readonly subscribe?: { readonly framework_info: FrameworkInfo; readonly suppressed_roles: readonly string[] };
  readonly accept?: { readonly operations: readonly { readonly type?: string; readonly launch?: object }[] };
  readonly acknowledge?: { readonly uuid: string };
}

function invalid(problem: string): never {
  throw new MessageError(`Failed to validate scheduler::Call: ${problem}`);
}

/** Reads and checks the body of a scheduler call. Throws MessageError with the text of Mesos' 400 answer. */
export function readSchedulerCall(body: string): SchedulerRequest {
  const call = readMessage(body, callRule, 'Call') as RawCall;
  const { type } = call;
  if (type === undefined) invalid("Expecting 'type' to be present");
  if (type === 'SUBSCRIBE') {
    if (call.subscribe === undefined) invalid("Expecting 'subscribe' to be present");
    const { framework_info: info, suppressed_roles: suppressedRoles } = call.subscribe;
    if (info.id?.value !== call.framework_id?.value) {
      invalid("'framework_id' differs from 'subscribe.framework_info.id'");
    }
    // An empty id is how some clients write "none".
    if (info.id?.value !== '') return { kind: 'subscribe', info, suppressedRoles };
    const unnamed: { id?: unknown } & FrameworkInfo = { ...info };
    delete unnamed.id;
    return { kind: 'subscribe', info: unnamed, suppressedRoles };
  }
  const frameworkId = call.framework_id?.value;
  if (frameworkId === undefined) invalid("Expecting 'framework_id' to be present");
  if ((unsupportedCalls as readonly string[]).includes(type)) return { kind: 'unsupported', frameworkId, what: type };
  const field = type.toLowerCase();
  if (withMessage.has(field) && !(field in call)) invalid(`Expecting '${field}' to be present`);
  if (call.acknowledge !== undefined && Buffer.from(call.acknowledge.uuid, 'base64').length !== 16) {
    invalid('Not a valid UUID');
  }
  for (const operation of type === 'ACCEPT' ? (call.accept?.operations ?? []) : []) {
    if (operation.type === undefined) invalid("Expecting 'type' to be present in every operation");
    if (operation.type !== 'LAUNCH') {
      return { kind: 'unsupported', frameworkId, what: `ACCEPT with operation ${operation.type}` };
    }
    if (operation.launch === undefined) invalid("Expecting 'launch' to be present");
  }
  return { kind: 'call', frameworkId, call: call as FrameworkCall };
}
