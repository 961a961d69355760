import type { MetricRegistry } from '../../common/metrics.js';
import type { Clock } from '../../common/time.js';
import type { SchedulerState } from '../core/state.js';
import type { InstanceCensus } from './instance-census.js';

/** What the scheduler holds at the moment (marathon.md §17). */
export function addSchedulerGauges(
  registry: MetricRegistry,
  prefix: string,
  parts: { readonly state: SchedulerState; readonly census: InstanceCensus; readonly clock: Clock },
): void {
  const { state, census, clock } = parts;
  const startedMs = clock();
  // A process leads from its start to its end (the store admits one at a time)
  const seconds = (): number => Math.max(0, Math.floor((clock() - startedMs) / 1000));
  const gauge = (name: string, help: string, value: () => number): void =>
    registry.gauge(`${prefix}.${name}`, help, value);

  gauge('apps.active.gauge', 'Apps', () => state.apps.size);
  gauge('groups.active.gauge', 'Groups, the root group included', () => state.groups.size);
  gauge('pods.active.gauge', 'Pods', () => state.pods.size);
  gauge('deployments.active.gauge', 'Deployments under way', () => state.deployments.size);
  gauge('instances.running.gauge', 'Running instances', () => census.running);
  gauge('instances.staged.gauge', 'Instances launched that do not run yet', () => census.staged);
  gauge('instances.launch-overdue.gauge', 'Instances not running in the time allowed', () => census.overdue(clock()));
  gauge('instances.inflight-kills.gauge', 'Instances that are to end and have not ended', () => census.inflightKills);
  gauge(
    'instances.inflight-kill-attempts.gauge',
    'How often Mesos was asked to end the instances that have not ended',
    () => census.inflightKillAttempts,
  );
  gauge('uptime.gauge.seconds', 'Since this process began', seconds);
  gauge('leadership.duration.gauge.seconds', 'Since this process leads', seconds);
  gauge('ekiden.queue.apps.gauge', 'Apps and pods that wait for offers', () => state.queue.size);
  gauge('ekiden.mesos.connected.gauge', '1 while registered with a master', () =>
    state.connectedMaster === undefined ? 0 : 1,
  );
}
