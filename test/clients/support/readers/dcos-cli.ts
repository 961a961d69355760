/** dcos-core-cli at 11f2a26f: pkg/marathon/client.go and python/lib/dcos/dcos/marathon.py. */
import type { WireAnswer } from '../wire.js';

/** A Python dictionary; a member that is not there is a KeyError. */
function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) throw new Error(`KeyError: '${name}'`);
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** marathon.py: changes answer with the deployment to watch. */
export function readDeployment(answer: WireAnswer): string {
  return String(member(answer.json(), 'deploymentId'));
}

/** marathon.py, `has_pods`: 2xx means that there are pods, 404 that there are none, anything else ends the command. */
export function hasPods({ status }: WireAnswer): boolean {
  if (status >= 200 && status < 300) return true;
  if (status === 404) return false;
  throw new Error(`Error fetching pods: HTTP ${status}`);
}

/** marathon.py, `kill_and_scale_tasks`, `stop_task`: `tasks` of the answer. */
export function readKilled(answer: WireAnswer): readonly unknown[] {
  return member(answer.json(), 'tasks') as readonly unknown[];
}

/** One line of `dcos marathon debug list`. */
export interface DebugLine {
  readonly id: string;
  readonly since: string;
  readonly waiting: boolean;
  readonly processed: number;
  readonly unused: number;
  readonly lastUnused: string;
  readonly lastUsed: string;
}

/** python/lib/dcoscli/dcoscli/tables.py, `queued_apps_table`: every member is asked for; only the times of offers may be missing. */
export function readDebugList(answer: WireAnswer): readonly DebugLine[] {
  return (member(answer.json(), 'queue') as readonly object[]).map((entry) => {
    const runSpec = 'app' in entry ? member(entry, 'app') : member(entry, 'pod');
    const summary = member(entry, 'processedOffersSummary');
    const time = (name: string): string => {
      const value = (summary as Readonly<Record<string, unknown>>)[name];
      return typeof value === 'string' ? value : '---';
    };
    return {
      id: String(member(runSpec, 'id')),
      since: String(member(entry, 'since')),
      waiting: member(member(entry, 'delay'), 'overdue') === true,
      processed: Number(member(summary, 'processedOffersCount')),
      unused: Number(member(summary, 'unusedOffersCount')),
      lastUnused: time('lastUnusedOfferAt'),
      lastUsed: time('lastUsedOfferAt'),
    };
  });
}

/** One line of `dcos marathon debug summary`: a resource, and how many of the offers that came to it matched. */
export interface DebugSummaryLine {
  readonly reason: string;
  readonly matched: number;
  readonly processed: number;
}

/** tables.py, `queued_app_table`: the summary must name each of these reasons, once. */
export function readDebugSummary(
  answer: WireAnswer,
  id: string,
  which: 'rejectSummaryLastOffers' | 'rejectSummaryLaunchAttempt',
): readonly DebugSummaryLine[] {
  const entry = (member(answer.json(), 'queue') as readonly object[]).find(
    (candidate) => 'app' in candidate && member(member(candidate, 'app'), 'id') === id,
  );
  if (entry === undefined) throw new Error(`No apps found in Marathon queue with ID [${id}]`);
  const steps = member(member(entry, 'processedOffersSummary'), which) as readonly unknown[];
  return [
    'UnfulfilledRole',
    'UnfulfilledConstraint',
    'InsufficientCpus',
    'InsufficientMemory',
    'InsufficientDisk',
    'InsufficientGpus',
    'InsufficientPorts',
  ].map((reason) => {
    const [step, ...more] = steps.filter((candidate) => member(candidate, 'reason') === reason);
    if (step === undefined || more.length > 0) throw new Error(`${reason} is there ${1 + more.length} times`);
    const processed = Number(member(step, 'processed'));
    return { reason, matched: processed - Number(member(step, 'declined')), processed };
  });
}

/** tables.py, `queued_app_details_table`: for each agent, what its last offer failed at. */
export function readDebugDetails(
  answer: WireAnswer,
  id: string,
): readonly { host: string; reasons: readonly string[] }[] {
  const entry = (member(answer.json(), 'queue') as readonly object[]).find(
    (candidate) => 'app' in candidate && member(member(candidate, 'app'), 'id') === id,
  );
  return (member(entry, 'lastUnusedOffers') as readonly unknown[]).map((unused) => {
    void member(unused, 'timestamp');
    return {
      host: String(member(member(unused, 'offer'), 'hostname')),
      reasons: member(unused, 'reason') as readonly string[],
    };
  });
}
