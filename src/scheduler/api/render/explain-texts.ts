import type { ActionWait, DeploymentWait } from '../../core/explain/deployment-wait.js';
import type { FieldChange } from '../../core/explain/field-change.js';
import type { Suggestion } from '../../core/explain/smallest-change.js';
import type { EndedInstance } from '../../model/ended-instance.js';
import { constraintList } from './refusal.js';

/** So many agents are named in a sentence. */
const maxNamedAgents = 5;

const units = { cpus: '', memMib: ' MiB', diskMib: ' MiB', gpus: '' } as const;
const names = { cpus: 'cpus', memMib: 'mem', diskMib: 'disk', gpus: 'gpus' } as const;

function plural(count: number, one: string, many = `${one}s`): string {
  return count === 1 ? `1 ${one}` : `${count} ${many}`;
}

function changeText(change: FieldChange): string {
  switch (change.field) {
    case 'constraints':
      return `leaving out the constraint [${constraintList(change.constraint).join(' ')}]`;
    case 'acceptedResourceRoles':
      return `accepting resources of the role ${change.added.join(' or ')}, too,`;
    case 'hostPorts':
      return `taking any port in place of ${change.ports.join(', ')}`;
    default: {
      const of = change.container === undefined ? '' : ` of the container ${change.container}`;
      return `lowering ${names[change.field]}${of} from ${change.from} to ${change.to}${units[change.field]}`;
    }
  }
}

/** `Lowering cpus from 2 to 1.5 would fit 4 agents (s1, s2, s3, s4).` */
export function suggestionText({ changes, fits }: Suggestion): string {
  const hosts = fits.slice(0, maxNamedAgents).map(({ hostname }) => hostname);
  const more = fits.length > hosts.length ? ', …' : '';
  const text = changes.map(changeText).join(' and ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} would fit ${plural(fits.length, 'agent')} (${hosts.join(', ')}${more}).`;
}

/** `12 of 20 instances of /db are healthy, 8 are still to be launched`, as far as it goes. */
export function actionWaitText(wait: ActionWait): string {
  const { action, wanted, present, healthy, ready, ending, draining, artifacts } = wait;
  const { id } = action;
  const drain =
    draining > 0 ? ` (${draining} of them when no edge uses ${draining === 1 ? 'it' : 'them'} any more)` : '';
  if (action.action === 'ResolveArtifacts') return `artifacts of ${id} are being downloaded (${artifacts.join(', ')})`;
  if (action.action === 'StopApplication')
    return `${plural(ending, 'instance')} of ${id} ${ending === 1 ? 'has' : 'have'} still to end${drain}`;
  const is = (count: number): string => (count === 1 ? 'is' : 'are');
  const missing = Math.max(0, wanted - present);
  const parts = [
    `${healthy} of ${wanted} instances of ${id} ${is(healthy)} healthy`,
    ...(missing > 0 ? [`${missing} ${is(missing)} still to be launched`] : []),
    ...(present > healthy ? [`${present - healthy} ${is(present - healthy)} launched and not healthy yet`] : []),
    ...(healthy > ready ? [`${healthy - ready} ${is(healthy - ready)} not ready yet`] : []),
    ...(ending > 0 ? [`${plural(ending, 'other')} ${ending === 1 ? 'has' : 'have'} still to end${drain}`] : []),
  ];
  return parts.join(', ');
}

/** Which step a deployment is at, and what is missing there. `id`: of whom it is told. */
export function deploymentWaitText(id: string, wait: DeploymentWait): string {
  const { deploymentId, step, steps, ownStep, waiting, waitsFor } = wait;
  const turn = ownStep === undefined || ownStep === step ? '' : `${id} has its turn in step ${ownStep}; `;
  const [first] = waitsFor;
  const more = waiting > 1 ? `; and ${plural(waiting - 1, 'other action')}` : '';
  const what = first === undefined ? 'everything is done' : actionWaitText(first);
  return `The deployment ${deploymentId} is at step ${step} of ${steps}: ${turn}${what}${more}.`;
}

/** Why an instance ended, in words. */
export function endText({
  cause,
  state,
  message,
  condition,
}: Pick<EndedInstance, 'cause' | 'state' | 'message' | 'condition'>): string {
  const told = [state ?? condition, ...(message === undefined ? [] : [message])].join(': ');
  switch (cause.type) {
    case 'scaledDown':
      return 'there were more instances than wanted';
    case 'replaced':
      return `the deployment ${cause.deploymentId} put a new one in its place`;
    case 'deleted':
      return 'what it belongs to was deleted';
    case 'unhealthy': {
      const failures = cause.failures === undefined ? 'too often' : `${cause.failures} times in a row`;
      return `a health check failed ${failures}${cause.message === undefined ? '' : ` (${cause.message})`}`;
    }
    case 'requested':
      return 'it was killed by request';
    case 'launchOverdue':
      return `it did not become running in time (it was ${cause.condition})`;
    case 'reservationOverdue':
      return 'the place that was reserved for it was not offered in time';
    case 'containerEnded':
      return `its container ${cause.container} ended${cause.message === undefined ? '' : ` (${cause.message})`}`;
    case 'unreachable':
      return `its agent was lost${cause.since === undefined ? '' : ` at ${cause.since}`}, and did not come back in time`;
    case 'exited':
      return `it ended by itself (${told})`;
    case 'killed':
      return `it was killed by somebody else (${told})`;
    case 'lost':
      return `Mesos lost it (${told})`;
  }
}
