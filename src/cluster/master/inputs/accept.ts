import { messageOf } from '../../../common/errors.js';
import type { ExecutorInfo, OfferOperation, SchedulerCall, TaskInfo } from '../../../mesos/types.js';
import type { ResourceOperation } from '../../resource-operations.js';
import { conversionOf, convert, resourceOperation } from '../../resource-operations.js';
import { resourcesText, wireResources } from '../../resource-forms.js';
import type { Resources } from '../../resources.js';
import { addResources, noResources, subtractResources } from '../../resources.js';
import { launchedTasks, offersProblem } from '../accepted-offers.js';
import type { MasterContext } from '../context.js';
import { minRefuseMs, refuseMs } from '../offer-filters.js';
import { operationProblem } from '../operation-validation.js';
import type { Agent, ExecutorRecord, Framework, OfferRecord } from '../state.js';
import { executorKey } from '../state.js';
import { validateGroup } from '../group-validation.js';
import { rejectTask } from '../task-life.js';
import { launchedTask } from '../task-record.js';
import { validateTask } from '../task-validation.js';
import { operatorTask } from '../views/operator.js';
import { applyOperation, dropOperation } from './operations.js';

/** The operations of one ACCEPT are carried out one after the other, each on what the earlier ones left. */
class Acceptance {
  readonly #context: MasterContext;
  readonly #framework: Framework;
  readonly #agent: Agent;
  readonly #role: string;
  readonly #nowMs: number;
  /** What is left of the offers. */
  available: Resources;
  /** Whether anything was done with them. */
  hasEffect = false;

  constructor(
    context: MasterContext,
    parts: { framework: Framework; agent: Agent; role: string; available: Resources; nowMs: number },
  ) {
    this.#context = context;
    this.#framework = parts.framework;
    this.#agent = parts.agent;
    this.#role = parts.role;
    this.#nowMs = parts.nowMs;
    this.available = parts.available;
  }

  perform(operation: OfferOperation): void {
    const { launch, launch_group } = operation;
    if (launch !== undefined) for (const task of launch.task_infos) this.#launch(task);
    else if (launch_group !== undefined) {
      const { tasks } = launch_group.task_group;
      if (tasks.length > 0) this.#launchGroup(launch_group.executor, tasks);
    } else {
      const converting = resourceOperation(operation);
      if (converting !== undefined) this.#convert(operation, converting);
    }
  }

  #convert(info: OfferOperation, operation: ResourceOperation): void {
    const problem = this.#conversionProblem(operation);
    if (problem !== undefined) {
      dropOperation(this.#context, this.#framework, info, problem);
      return;
    }
    const conversion = conversionOf(operation);
    const available = convert(this.available, conversion);
    if (available === undefined || !this.#context.ledger.convert(this.#agent, conversion)) {
      const [have, need] = [this.available, conversion.consumed].map((r) => resourcesText(r, this.#role));
      dropOperation(this.#context, this.#framework, info, `${have} does not contain ${need}`);
      return;
    }
    this.available = available;
    this.hasEffect = true;
    applyOperation(this.#context, this.#agent, this.#framework, info, operation);
  }

  #conversionProblem(operation: ResourceOperation): string | undefined {
    try {
      return operationProblem(operation, {
        role: this.#role,
        frameworkRoles: this.#framework.roles,
        total: this.#agent.total,
        used: this.#agent.used,
      });
    } catch (error) {
      return `Invalid resources: ${messageOf(error)}`;
    }
  }

  get #offered() {
    return {
      agentId: this.#agent.id,
      role: this.#role,
      available: this.available,
      isTaskId: (taskId: string) => this.#framework.tasks.has(taskId) || this.#framework.unreachableTasks.has(taskId),
    };
  }

  #launch(task: TaskInfo): void {
    const verdict = validateTask(task, this.#offered);
    if ('problem' in verdict) {
      rejectTask(this.#context, this.#framework, task, this.#nowMs, {
        state: 'TASK_ERROR',
        message: verdict.problem,
        reason: 'REASON_TASK_INVALID',
      });
      return;
    }
    const info = this.#start(task, verdict.resources);
    this.#agent.port.launch(this.#framework.info, info);
  }

  #launchGroup(executor: ExecutorInfo, tasks: readonly TaskInfo[]): void {
    const key = executorKey(this.#framework.id, executor.executor_id.value);
    const running = this.#agent.executors.get(key);
    const verdict = validateGroup(executor, tasks, {
      ...this.#offered,
      frameworkId: this.#framework.id,
      runningExecutor: running?.info,
    });
    if ('problem' in verdict) {
      for (const task of tasks) {
        rejectTask(this.#context, this.#framework, task, this.#nowMs, {
          state: 'TASK_ERROR',
          message: verdict.problem,
          reason: 'REASON_TASK_GROUP_INVALID',
        });
      }
      return;
    }
    const info = running?.info ?? this.#startExecutor(executor, verdict.executor).info;
    const infos = tasks.map((task, i) => this.#start({ ...task, executor: info }, verdict.tasks[i] ?? noResources));
    this.#agent.port.launchGroup(this.#framework.info, info, infos);
  }

  #startExecutor(executor: ExecutorInfo, resources: Resources): ExecutorRecord {
    const record: ExecutorRecord = {
      frameworkId: this.#framework.id,
      agentId: this.#agent.id,
      info: { ...executor, resources: wireResources(resources, { allocatedTo: this.#role, withRole: false }) },
      role: this.#role,
      resources,
    };
    this.#agent.executors.set(executorKey(record.frameworkId, executor.executor_id.value), record);
    this.#take(resources);
    return record;
  }

  #take(resources: Resources): void {
    this.hasEffect = true;
    this.available = subtractResources(this.available, resources);
    this.#context.ledger.use(this.#framework, this.#agent, this.#role, resources);
  }

  #start(info: TaskInfo, resources: Resources): TaskInfo {
    const task = launchedTask(this.#framework, info, this.#role, resources);
    this.#framework.tasks.set(info.task_id.value, task);
    this.#agent.tasks.add(task);
    this.#take(resources);
    this.#context.effects.publish({ type: 'TASK_ADDED', task_added: { task: operatorTask(task) } });
    return { ...info, resources: task.fixed.resources };
  }
}

/** ACCEPT: what of the offers is not used comes back, after the time that its filters name. */
export function accept(
  context: MasterContext,
  framework: Framework,
  { offer_ids, operations, filters }: Extract<SchedulerCall, { type: 'ACCEPT' }>['accept'],
  nowMs: number,
): void {
  const offers: OfferRecord[] = [];
  const problem = offersProblem(context.state, framework, offer_ids);
  for (const { value } of offer_ids) {
    const offer = framework.offers.get(value);
    if (offer === undefined) continue;
    offers.push(offer);
    context.ledger.takeBack(offer);
  }
  const [first] = offers;
  const agent = first === undefined ? undefined : context.state.agents.get(first.agentId);
  if (problem !== undefined || first === undefined || agent === undefined) {
    dropAll(context, framework, operations, problem ?? 'No offers specified', nowMs);
    for (const { role, agentId, resources } of offers) {
      framework.filters.refuse(role, agentId, resources, nowMs + minRefuseMs);
    }
    return;
  }
  const available = offers.reduce((sum, offer) => addResources(sum, offer.resources), noResources);
  const acceptance = new Acceptance(context, { framework, agent, role: first.role, available, nowMs });
  for (const operation of operations) acceptance.perform(operation);
  // What made progress may come back at once; a mere refusal rests.
  const restMs = refuseMs(filters);
  if (!acceptance.hasEffect || restMs > minRefuseMs) {
    framework.filters.refuse(first.role, agent.id, acceptance.available, nowMs + restMs);
  }
}

function dropAll(
  context: MasterContext,
  framework: Framework,
  operations: readonly OfferOperation[],
  problem: string,
  nowMs: number,
): void {
  for (const operation of operations) {
    for (const task of launchedTasks(operation)) {
      rejectTask(context, framework, task, nowMs, {
        state: 'TASK_DROPPED',
        message: `Task launched with invalid offers: ${problem}`,
        reason: 'REASON_INVALID_OFFERS',
      });
    }
    if (resourceOperation(operation) === undefined) continue;
    dropOperation(context, framework, operation, `Operation attempted with invalid offers: ${problem}`);
  }
}
