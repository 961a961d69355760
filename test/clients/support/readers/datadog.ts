/** Datadog's marathon check (integrations-core, stored version 04b4fe01): marathon/datadog_checks/marathon/marathon.py. */
import type { WireAnswer } from '../wire.js';

/** Metrics by name, each with what it is tagged with. */
export type Metrics = readonly { readonly name: string; readonly value: number; readonly tag: string }[];

type Dictionary = Readonly<Record<string, unknown>>;

/** `x[name]`: a member that is not there is a KeyError and ends the check. */
function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) throw new Error(`KeyError: '${name}'`);
  return (value as Dictionary)[name];
}

/** `urljoin(url, path)`: the last segment of the base is replaced unless it ends in a slash. */
export function joined(base: string, path: string): string {
  return `${base.slice(0, base.lastIndexOf('/') + 1)}${path}`;
}

/** `get_app_metrics`: only what an app has, and only numbers. */
export function appMetrics(answer: WireAnswer): Metrics {
  const names = [
    'backoffFactor',
    'backoffSeconds',
    'cpus',
    'disk',
    'instances',
    'mem',
    'taskRateLimit',
    'tasksRunning',
    'tasksStaged',
    'tasksHealthy',
    'tasksUnhealthy',
  ];
  return (member(answer.json(), 'apps') as readonly Dictionary[]).flatMap((app) =>
    names.flatMap((name) =>
      name in app ? [{ name: `marathon.${name}`, value: Number(app[name]), tag: String(member(app, 'id')) }] : [],
    ),
  );
}

/** `get_deployments`: the length of the list. */
export function deploymentCount(answer: WireAnswer): number {
  const deployments = answer.json();
  if (!Array.isArray(deployments)) throw new Error('TypeError: a list is expected');
  return deployments.length;
}

/** `process_queues`: every entry by its app, the delay and all of the summary. */
export function queueMetrics(answer: WireAnswer): Metrics {
  return (member(answer.json(), 'queue') as readonly unknown[]).flatMap((entry) => {
    const app = member(entry, 'app');
    const tag = `${String(member(app, 'id'))}@${String(member(app, 'version'))}`;
    const summary = member(entry, 'processedOffersSummary');
    const steps = (which: string): Metrics =>
      (member(summary, which) as readonly unknown[]).map((step) => ({
        name: `marathon.queue.offers.${which}.${String(member(step, 'reason'))}`,
        value: Number(member(step, 'declined')),
        tag,
      }));
    return [
      { name: 'marathon.queue.count', value: Number(member(entry, 'count')), tag },
      { name: 'marathon.queue.delay', value: Number(member(member(entry, 'delay'), 'timeLeftSeconds')), tag },
      { name: 'marathon.queue.offers.processed', value: Number(member(summary, 'processedOffersCount')), tag },
      { name: 'marathon.queue.offers.unused', value: Number(member(summary, 'unusedOffersCount')), tag },
      ...steps('rejectSummaryLastOffers'),
      ...steps('rejectSummaryLaunchAttempt'),
    ];
  });
}
