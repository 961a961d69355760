import { messageOf } from '../../../common/errors.js';
import { resourcesText } from '../../resource-forms.js';
import type { ResourceOperation } from '../../resource-operations.js';
import { conversionOf } from '../../resource-operations.js';
import type { Resources } from '../../resources.js';
import { addResources, containsResources, subtractResources } from '../../resources.js';
import { idleResources } from '../allocator.js';
import type { MasterContext } from '../context.js';
import { operationProblem } from '../operation-validation.js';
import type { Agent } from '../state.js';
import { applyOperation } from './operations.js';

/** Why an operator's operation is not carried out: it makes no sense (400), or there is not enough for it (409). */
export interface OperatorProblem {
  readonly status: 400 | 409;
  readonly text: string;
}

/** Takes offers of an agent back until `needed` is free; none when it would not be enough. */
function makeRoom(context: MasterContext, agent: Agent, needed: Resources): boolean {
  if (!containsResources(subtractResources(agent.total, agent.used), needed)) return false;
  let free = idleResources(agent);
  for (const offer of [...agent.offers.values()]) {
    if (containsResources(free, needed)) return true;
    free = addResources(free, offer.resources);
    context.ledger.takeBack(offer);
    const framework = context.state.frameworks.get(offer.frameworkId);
    if (framework === undefined) continue;
    context.send(framework, { type: 'RESCIND', rescind: { offer_id: { value: offer.id } } });
  }
  return containsResources(free, needed);
}

/** RESERVE_RESOURCES and its relatives, on what no task uses: offers that stand in the way are rescinded. */
export function operateResources(
  context: MasterContext,
  agent: Agent,
  operation: ResourceOperation,
): OperatorProblem | undefined {
  let problem: string | undefined;
  try {
    problem = operationProblem(operation, {
      role: undefined,
      frameworkRoles: [],
      total: agent.total,
      used: agent.used,
    });
  } catch (error) {
    problem = `Invalid resources: ${messageOf(error)}`;
  }
  if (problem !== undefined) return { status: 400, text: `Invalid ${operation.type} Operation: ${problem}` };
  const conversion = conversionOf(operation);
  if (!makeRoom(context, agent, conversion.consumed) || !context.ledger.convert(agent, conversion)) {
    const unused = resourcesText(subtractResources(agent.total, agent.used), undefined);
    return {
      status: 409,
      text:
        `Invalid ${operation.type} Operation: ${unused} does not contain ` +
        resourcesText(conversion.consumed, undefined),
    };
  }
  applyOperation(context, agent, undefined, operation, operation);
  return undefined;
}
