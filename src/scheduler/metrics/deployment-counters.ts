import type { MetricRegistry } from '../../common/metrics.js';
import type { Command, Outcome } from '../core/commands.js';
import type { EventBus } from '../service.js';

type Execute = (command: Command) => Promise<Outcome>;

/** The same `execute`, and the deployments that come of it counted. */
export function meteredExecute(execute: Execute, registry: MetricRegistry, prefix: string): Execute {
  const accepted = registry.counter(`${prefix}.deployments.counter`, 'Deployments accepted');
  const dismissed = registry.counter(
    `${prefix}.deployments.dismissed.counter`,
    'Deployments refused because too many are under way',
  );
  const commands = registry.counter(`${prefix}.ekiden.commands.counter`, 'Changes asked for');
  const rejected = registry.counter(`${prefix}.ekiden.commands.rejected.counter`, 'Changes refused');
  return async (command) => {
    commands.increment();
    const outcome = await execute(command);
    if (outcome.type === 'deployed') accepted.increment();
    if (outcome.type === 'rejected') {
      rejected.increment();
      if (outcome.rejection.kind === 'tooManyDeployments') dismissed.increment();
    }
    return outcome;
  };
}

/** Counts events, and how deployments end. Returns the function that ends it. */
export function countEvents(events: EventBus, registry: MetricRegistry, prefix: string): () => void {
  const published = registry.counter(`${prefix}.ekiden.events.counter`, 'Events published');
  const succeeded = registry.counter(`${prefix}.ekiden.deployments.succeeded.counter`, 'Deployments that succeeded');
  const failed = registry.counter(
    `${prefix}.ekiden.deployments.failed.counter`,
    'Deployments that failed or were stopped',
  );
  return events.subscribe(({ event }) => {
    published.increment();
    if (event.type === 'deployment_success') succeeded.increment();
    if (event.type === 'deployment_failed') failed.increment();
  });
}
