import type { FrameworkInfo } from '../../../mesos/types.js';
import type { SubscriptionOptions } from '../inputs/frameworks.js';
import type { FrameworkCall } from '../master.js';
import type { MessageRule } from './json-message.js';
import { list, message, MessageError, optional, readMessage, repeated, required } from './json-message.js';
import { filters, frameworkInfo, killPolicy, operation, value } from './message-rules.js';

const offerIds = list(value);
const roles = message({ roles: repeated('string') });
const taskOfAgent = message({ task_id: required(value), agent_id: optional(value) });
const operationOfAgent = message({ operation_id: required(value), agent_id: optional(value) });
const answeredInverseOffers = message({ inverse_offer_ids: offerIds, filters: optional(filters) });

/** mesos/v1/scheduler/scheduler.proto, `Call`. */
const callRule: MessageRule = message({
  type: optional({
    oneOf: [
      ...['SUBSCRIBE', 'TEARDOWN', 'ACCEPT', 'DECLINE', 'REVIVE', 'SUPPRESS', 'KILL', 'ACKNOWLEDGE', 'RECONCILE'],
      ...['MESSAGE', 'REQUEST', 'SHUTDOWN', 'UPDATE_FRAMEWORK', 'ACCEPT_INVERSE_OFFERS', 'DECLINE_INVERSE_OFFERS'],
      ...['ACKNOWLEDGE_OPERATION_STATUS', 'RECONCILE_OPERATIONS'],
    ],
  }),
  framework_id: optional(value),
  subscribe: optional(
    message({
      framework_info: required(frameworkInfo),
      suppressed_roles: list('string'),
      offer_constraints: optional('object'),
    }),
  ),
  update_framework: optional(
    message({
      framework_info: required(frameworkInfo),
      suppressed_roles: list('string'),
      offer_constraints: optional('object'),
    }),
  ),
  accept: optional(message({ offer_ids: offerIds, operations: list(operation), filters: optional(filters) })),
  decline: optional(message({ offer_ids: offerIds, filters: optional(filters) })),
  accept_inverse_offers: optional(answeredInverseOffers),
  decline_inverse_offers: optional(answeredInverseOffers),
  revive: optional(roles),
  suppress: optional(roles),
  kill: optional(message({ task_id: required(value), agent_id: optional(value), kill_policy: optional(killPolicy) })),
  shutdown: optional(message({ executor_id: required(value), agent_id: required(value) })),
  acknowledge: optional(message({ agent_id: required(value), task_id: required(value), uuid: required('bytes') })),
  acknowledge_operation_status: optional(
    message({ agent_id: optional(value), uuid: required('bytes'), operation_id: required(value) }),
  ),
  message: optional(message({ agent_id: optional(value), executor_id: optional(value), data: optional('bytes') })),
  request: optional('object'),
  reconcile: optional(message({ tasks: list(taskOfAgent) })),
  reconcile_operations: optional(message({ operations: list(operationOfAgent) })),
});

/** Calls whose message of the same name may be absent. */
const withoutMessage: ReadonlySet<string> = new Set(['teardown', 'revive', 'suppress']);

/** Operations of an ACCEPT that are carried out, whose message of the same name must be there; the others are not. */
const operations: ReadonlySet<string> = new Set([
  ...['LAUNCH', 'LAUNCH_GROUP', 'RESERVE', 'UNRESERVE', 'CREATE', 'DESTROY'],
]);

export type SchedulerRequest =
  | { readonly kind: 'subscribe'; readonly info: FrameworkInfo; readonly options: SubscriptionOptions }
  | {
      readonly kind: 'update';
      readonly frameworkId: string;
      readonly info: FrameworkInfo;
      readonly options: SubscriptionOptions;
    }
  | { readonly kind: 'call'; readonly frameworkId: string; readonly call: FrameworkCall }
  /** An operation of Mesos' that is not carried out here; `what` names it. */
  | { readonly kind: 'unsupported'; readonly frameworkId: string; readonly what: string };

interface RawSubscription {
  readonly framework_info: FrameworkInfo;
  readonly suppressed_roles: readonly string[];
  readonly offer_constraints?: object;
}

interface RawCall {
  readonly type?: string;
  readonly framework_id?: { readonly value: string };
  readonly subscribe?: RawSubscription;
  readonly update_framework?: RawSubscription;
  readonly accept?: { readonly operations: readonly ({ readonly type?: string } & object)[] };
  readonly acknowledge?: { readonly uuid: string };
}

function invalid(problem: string): never {
  throw new MessageError(`Failed to validate scheduler::Call: ${problem}`);
}

function optionsOf({ suppressed_roles, offer_constraints }: RawSubscription): SubscriptionOptions {
  return { suppressedRoles: suppressed_roles, offerConstraints: offer_constraints };
}

function readSubscription(subscribe: RawSubscription, frameworkId: string | undefined): SchedulerRequest {
  const { framework_info: info } = subscribe;
  if (info.id?.value !== frameworkId) invalid("'framework_id' differs from 'subscribe.framework_info.id'");
  const options = optionsOf(subscribe);
  // An empty id is how some clients write "none".
  if (info.id?.value !== '') return { kind: 'subscribe', info, options };
  const unnamed: { id?: unknown } & FrameworkInfo = { ...info };
  delete unnamed.id;
  return { kind: 'subscribe', info: unnamed, options };
}

/** What of an ACCEPT is not carried out here. */
function unsupportedOperation(call: RawCall): string | undefined {
  for (const given of call.accept?.operations ?? []) {
    const { type } = given;
    if (type === undefined) invalid("Expecting 'type' to be present in every operation");
    if (!operations.has(type)) return `ACCEPT with operation ${type}`;
    const field = type.toLowerCase();
    if (!(field in given)) invalid(`Expecting '${field}' to be present`);
  }
  return undefined;
}

/** Reads and checks the body of a scheduler call. Throws MessageError with the text of Mesos' 400 answer. */
export function readSchedulerCall(body: string): SchedulerRequest {
  const call = readMessage(body, callRule, 'Call') as RawCall;
  const { type } = call;
  if (type === undefined) invalid("Expecting 'type' to be present");
  const frameworkId = call.framework_id?.value;
  if (type === 'SUBSCRIBE') {
    if (call.subscribe === undefined) invalid("Expecting 'subscribe' to be present");
    return readSubscription(call.subscribe, frameworkId);
  }
  if (frameworkId === undefined) invalid("Expecting 'framework_id' to be present");
  const field = type.toLowerCase();
  if (!withoutMessage.has(field) && !(field in call)) invalid(`Expecting '${field}' to be present`);
  if (call.acknowledge !== undefined && Buffer.from(call.acknowledge.uuid, 'base64').length !== 16) {
    invalid('Not a valid UUID');
  }
  if (type === 'UPDATE_FRAMEWORK' && call.update_framework !== undefined) {
    const { framework_info: info } = call.update_framework;
    if (info.id?.value !== frameworkId) invalid("'framework_id' differs from 'update_framework.framework_info.id'");
    return { kind: 'update', frameworkId, info, options: optionsOf(call.update_framework) };
  }
  const what = type === 'ACCEPT' ? unsupportedOperation(call) : undefined;
  if (what !== undefined) return { kind: 'unsupported', frameworkId, what };
  return { kind: 'call', frameworkId, call: call as FrameworkCall };
}
