import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import type { HttpRequest } from '../../http/server.js';
import type { Command, Origin, Outcome } from '../core/commands.js';
import type { Plan, PlannableCommand } from '../core/plan/plan-command.js';
import type { SchedulerMetrics } from '../metrics/create-metrics.js';
import type { Plugins } from '../plugins/load-plugins.js';
import type { AgentFiles } from '../ports/agent-files.js';
import type { ClusterAgents } from '../ports/agents.js';
import type { ArtifactStore } from '../ports/artifact-store.js';
import type { ClusterFacts } from '../ports/cluster-facts.js';
import type { SchedulerService } from '../service.js';
import type { AccessControl } from './access.js';
import { ApiError, errorOf } from './api-error.js';

/** What every route works with. */
export interface ApiContext {
  readonly service: SchedulerService;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly access: AccessControl;
  /** None when absent. */
  readonly plugins?: Plugins;
  readonly metrics?: SchedulerMetrics;
  /** Asked for where instances would land now; nobody knows when absent. */
  readonly agents?: Pick<ClusterAgents, 'list'>;
  /** What the cluster is made of; nobody knows when absent. */
  readonly cluster?: ClusterFacts;
  /** The files of tasks on their agents; nobody can be asked when absent. */
  readonly files?: AgentFiles;
  /** `--artifact_store`; none when absent. */
  readonly artifacts?: ArtifactStore;
}

/** Carries out a command; a refusal becomes the error that answers the request. */
export async function execute(
  { service, logger }: ApiContext,
  command: Command,
): Promise<Exclude<Outcome, { type: 'rejected' }>> {
  let outcome: Outcome;
  try {
    outcome = await service.execute(command);
  } catch (error) {
    logger.warn({ err: error, command: command.type }, 'A command was not carried out');
    throw new ApiError(503, 'The scheduler is stopping: send the request again');
  }
  if (outcome.type === 'rejected') throw errorOf(outcome.rejection);
  return outcome;
}

/** What a command would do, if nothing but deployments were in its way; a refusal becomes the error that answers the request. */
export function plan({ service }: ApiContext, command: PlannableCommand): Plan {
  const outcome = service.plan(command);
  if (outcome.type === 'rejected') throw errorOf(outcome.rejection);
  return outcome.plan;
}

/** Who asked for a change, as `api_post_event` tells it. */
export function originOf(request: HttpRequest): Origin {
  return { clientIp: request.ip, uri: pathOf(request.url) };
}

/** A URL without its query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** The answer to a URL that means nothing. */
export function uriNotFound(request: HttpRequest): ApiError {
  return new ApiError(404, `URI not found: ${pathOf(request.url)}`);
}
