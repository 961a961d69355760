import type { OfferOperation, OperationStatus, SchedulerCall } from '../../../mesos/types.js';
import type { Conversion, ResourceOperation } from '../../resource-operations.js';
import { conversionOf, inverseOf, resourceOperation } from '../../resource-operations.js';
import type { MasterContext } from '../context.js';
import type { Agent, Framework, OperationRecord } from '../state.js';
import { maxOperationsPerFramework } from '../state.js';
import { rescindOffers } from './offers.js';

/** Tells a framework what has become of an operation; it must acknowledge that. */
export function sendOperationStatus(context: MasterContext, framework: Framework, operation: OperationRecord): void {
  if (operation.status.state === 'OPERATION_PENDING') return;
  context.send(framework, {
    type: 'UPDATE_OPERATION_STATUS',
    update_operation_status: { status: operation.status },
  });
}

/** An operation of an ACCEPT that is not carried out. Who gave it an id is told. */
export function dropOperation(
  context: MasterContext,
  framework: Framework,
  { id }: OfferOperation,
  message: string,
): void {
  if (id === undefined) return;
  context.send(framework, {
    type: 'UPDATE_OPERATION_STATUS',
    update_operation_status: { status: { operation_id: id, state: 'OPERATION_ERROR', message } },
  });
}

/** What of an operation is already done in the master's books: all of it; the agent writes it down. */
export function applyOperation(
  context: MasterContext,
  agent: Agent,
  framework: Framework | undefined,
  info: OfferOperation,
  operation: ResourceOperation,
): void {
  const uuid = context.newUuid();
  const record: OperationRecord = {
    uuid,
    frameworkId: framework?.id,
    agentId: agent.id,
    info,
    status: {
      ...(info.id === undefined ? {} : { operation_id: info.id }),
      state: 'OPERATION_PENDING',
      uuid: { value: uuid },
      agent_id: { value: agent.id },
    },
  };
  context.state.operations.set(uuid, record);
  if (framework !== undefined && info.id !== undefined) {
    framework.operations.set(info.id.value, record);
    const [oldest] = framework.operations.values();
    if (oldest !== undefined && framework.operations.size > maxOperationsPerFramework) forget(context, oldest);
  }
  context.effects.apply(agent.port, operation, uuid);
}

function forget(context: MasterContext, { uuid, frameworkId, info }: OperationRecord): void {
  context.state.operations.delete(uuid);
  const framework = frameworkId === undefined ? undefined : context.state.frameworks.get(frameworkId);
  if (info.id !== undefined && framework?.operations.get(info.id.value)?.uuid === uuid) {
    framework.operations.delete(info.id.value);
  }
}

/** The agent has carried an operation out; `problem`: it could not. */
export function operationEnded(context: MasterContext, uuid: string, problem: string | undefined): void {
  const record = context.state.operations.get(uuid);
  if (record === undefined) return;
  const operation = resourceOperation(record.info);
  const conversion = operation === undefined ? undefined : conversionOf(operation);
  if (problem !== undefined && conversion !== undefined) undo(context, record.agentId, conversion);
  const framework = record.frameworkId === undefined ? undefined : context.state.frameworks.get(record.frameworkId);
  if (framework === undefined || record.info.id === undefined) {
    forget(context, record);
    return;
  }
  record.status = {
    ...record.status,
    ...(problem === undefined ? { state: 'OPERATION_FINISHED' } : { state: 'OPERATION_FAILED', message: problem }),
  };
  sendOperationStatus(context, framework, record);
}

/** What the agent did not write down is taken back, unless somebody uses it already: that task fails by itself. */
function undo(context: MasterContext, agentId: string, conversion: Conversion): void {
  const agent = context.state.agents.get(agentId);
  if (agent === undefined) return;
  rescindOffers(context, agent);
  context.ledger.convert(agent, inverseOf(conversion));
}

export function acknowledgeOperation(
  context: MasterContext,
  framework: Framework,
  {
    operation_id,
    uuid,
  }: Extract<SchedulerCall, { type: 'ACKNOWLEDGE_OPERATION_STATUS' }>['acknowledge_operation_status'],
): void {
  const record = framework.operations.get(operation_id.value);
  if (record?.uuid === uuid && record.status.state !== 'OPERATION_PENDING') forget(context, record);
}

/** Explicit: an answer for each operation; implicit (none named): one for each that has not been acknowledged. */
export function reconcileOperations(
  context: MasterContext,
  framework: Framework,
  { operations }: Extract<SchedulerCall, { type: 'RECONCILE_OPERATIONS' }>['reconcile_operations'],
): void {
  const answer = (status: OperationStatus): void =>
    context.send(framework, { type: 'UPDATE_OPERATION_STATUS', update_operation_status: { status } });
  const latest = ({ status }: OperationRecord): OperationStatus => {
    const { uuid: _, ...rest } = status;
    return { ...rest, message: 'Reconciliation: Latest operation state' };
  };
  if (operations.length === 0) {
    for (const record of framework.operations.values()) answer(latest(record));
    return;
  }
  for (const { operation_id, agent_id } of operations) {
    const record = framework.operations.get(operation_id.value);
    answer(
      record === undefined
        ? {
            operation_id,
            state: 'OPERATION_UNKNOWN',
            message: 'Reconciliation: Operation is unknown',
            ...(agent_id === undefined ? {} : { agent_id }),
          }
        : latest(record),
    );
  }
}
