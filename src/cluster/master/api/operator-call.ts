import type { Resource, Value } from '../../../mesos/types.js';
import type { MachineId, MaintenanceWindow } from '../maintenance/machine-book.js';
import { list, message, MessageError, optional, readMessage, required } from './json-message.js';
import { resource, value } from './message-rules.js';

const machine = message({ hostname: optional('string'), ip: optional('string') });
const machines = message({ machines: list(machine) });
const time = message({ nanoseconds: required('number') });
const unavailability = message({ start: required(time), duration: optional(time) });
/** `mesos.v1.maintenance.Schedule` */
export const scheduleRule = message({
  windows: list(message({ machine_ids: list(machine), unavailability: required(unavailability) })),
});
const ofAgent = message({ agent_id: required(value) });
const resourcesOfAgent = message({ agent_id: required(value), resources: list(resource) });
const volumesOfAgent = message({ agent_id: required(value), volumes: list(resource) });
const quotaConfig = message({ role: required('string'), guarantees: optional('object'), limits: optional('object') });

/** mesos/v1/master/master.proto, `Call`: what comes with the calls that change something. */
const changes = {
  TEARDOWN: message({ framework_id: required(value) }),
  RESERVE_RESOURCES: resourcesOfAgent,
  UNRESERVE_RESOURCES: resourcesOfAgent,
  CREATE_VOLUMES: volumesOfAgent,
  DESTROY_VOLUMES: volumesOfAgent,
  UPDATE_MAINTENANCE_SCHEDULE: message({ schedule: required(scheduleRule) }),
  START_MAINTENANCE: machines,
  STOP_MAINTENANCE: machines,
  DRAIN_AGENT: message({
    agent_id: required(value),
    max_grace_period: optional(message({ seconds: optional('number'), nanos: optional('number') })),
    mark_gone: optional('bool'),
  }),
  DEACTIVATE_AGENT: ofAgent,
  REACTIVATE_AGENT: ofAgent,
  MARK_AGENT_GONE: ofAgent,
  UPDATE_WEIGHTS: message({
    weight_infos: list(message({ weight: required('number'), role: optional('string') })),
  }),
  UPDATE_QUOTA: message({ force: optional('bool'), quota_configs: list(quotaConfig) }),
} as const;

export type ChangeType = keyof typeof changes;

/** `QuotaConfig`: amounts by resource. */
export interface QuotaConfig {
  readonly role: string;
  readonly guarantees?: Readonly<Record<string, unknown>>;
  readonly limits?: Readonly<Record<string, unknown>>;
}

/** A call that changes something, with its message. */
export type OperatorChange =
  | { readonly type: 'TEARDOWN'; readonly content: { readonly framework_id: Value } }
  | {
      readonly type: 'RESERVE_RESOURCES' | 'UNRESERVE_RESOURCES';
      readonly content: { readonly agent_id: Value; readonly resources: readonly Resource[] };
    }
  | {
      readonly type: 'CREATE_VOLUMES' | 'DESTROY_VOLUMES';
      readonly content: { readonly agent_id: Value; readonly volumes: readonly Resource[] };
    }
  | {
      readonly type: 'UPDATE_MAINTENANCE_SCHEDULE';
      readonly content: { readonly schedule: { readonly windows: readonly MaintenanceWindow[] } };
    }
  | {
      readonly type: 'START_MAINTENANCE' | 'STOP_MAINTENANCE';
      readonly content: { readonly machines: readonly MachineId[] };
    }
  | {
      readonly type: 'DRAIN_AGENT';
      readonly content: {
        readonly agent_id: Value;
        readonly max_grace_period?: { readonly seconds?: number; readonly nanos?: number };
        readonly mark_gone?: boolean;
      };
    }
  | {
      readonly type: 'DEACTIVATE_AGENT' | 'REACTIVATE_AGENT' | 'MARK_AGENT_GONE';
      readonly content: { readonly agent_id: Value };
    }
  | {
      readonly type: 'UPDATE_WEIGHTS';
      readonly content: { readonly weight_infos: readonly { readonly weight: number; readonly role?: string }[] };
    }
  | { readonly type: 'UPDATE_QUOTA'; readonly content: { readonly quota_configs: readonly QuotaConfig[] } };

export type OperatorRequest =
  { readonly kind: 'read'; readonly type: string } | { readonly kind: 'change'; readonly change: OperatorChange };

/** Reads the body of a call of the operator API; `reads` are the types without a message. Throws MessageError. */
export function operatorCallReader(reads: readonly string[]): (body: string) => OperatorRequest {
  const rule = message({
    type: optional({ oneOf: [...reads, ...Object.keys(changes)] }),
    ...Object.fromEntries(Object.entries(changes).map(([type, content]) => [type.toLowerCase(), optional(content)])),
  });
  return (body) => {
    const call = readMessage(body, rule, 'Call');
    const { type } = call as { readonly type?: string };
    if (type === undefined) throw new MessageError("Failed to validate master::Call: Expecting 'type' to be present");
    if (!Object.hasOwn(changes, type)) return { kind: 'read', type };
    const field = type.toLowerCase();
    if (!(field in call)) {
      throw new MessageError(`Failed to validate master::Call: Expecting '${field}' to be present`);
    }
    return { kind: 'change', change: { type, content: call[field] } as OperatorChange };
  };
}
