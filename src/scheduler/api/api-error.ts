import type { Rejection, Violation } from '../core/commands.js';

/** An answer that says no, in one of Marathon's shapes (marathon.md §1.3). Thrown by routes, written by the error handler. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.body = { message, ...members };
  }
}

/** The JSON has the wrong types: it cannot be read as what it should be. */
export function wrongShape(violations: readonly Violation[]): ApiError {
  return new ApiError(422, 'Invalid JSON', { details: violations });
}

/** The JSON is of the right shape and breaks rules. */
export function notValid(violations: readonly Violation[]): ApiError {
  return new ApiError(422, 'Object is not valid', { details: violations });
}

export function appNotFound(id: string, version?: string): ApiError {
  return new ApiError(404, `App '${id}' does not exist${version === undefined ? '' : ` in version ${version}`}`);
}

export function groupNotFound(id: string): ApiError {
  return new ApiError(404, `Group '${id}' does not exist`);
}

export function taskNotFound(id: string): ApiError {
  return new ApiError(404, `Task '${id}' does not exist`);
}

/** What a refused command is answered with. */
export function errorOf(rejection: Rejection): ApiError {
  switch (rejection.kind) {
    case 'invalid':
      return notValid(rejection.violations);
    case 'appNotFound':
      return appNotFound(rejection.id);
    case 'deploymentNotFound':
      return new ApiError(404, `DeploymentPlan ${rejection.id} does not exist`);
    case 'notQueued':
      return new ApiError(404, `Application ${rejection.id} not found in tasks queue.`);
    case 'podNotFound':
      return new ApiError(404, `Pod '${rejection.id}' does not exist`);
    case 'podExists':
      return new ApiError(409, `An app or pod with id [${rejection.id}] already exists.`);
    case 'groupNotFound':
      return groupNotFound(rejection.id);
    case 'groupExists':
      return new ApiError(409, `Group ${rejection.id} is already created. Use PUT to change this group.`);
    case 'groupPathTaken':
      return new ApiError(409, `An app with the path ${rejection.id} already exists.`);
    case 'appExists':
      return new ApiError(409, `An app with id [${rejection.id}] already exists.`);
    case 'locked':
      // Marathon prints the placeholder literally
      return new ApiError(
        409,
        "App is locked by one or more deployments. Override with the option '?force=true'. " +
          "View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
        { deployments: rejection.deploymentIds.map((id) => ({ id })) },
      );
    case 'tooManyDeployments':
      return new ApiError(
        403,
        `Max number (${rejection.limit}) of running deployments is achieved. Wait for existing deployments to complete or ` +
          'cancel one. The limit is set by --max_running_deployments.',
      );
    case 'portsExhausted':
      return new ApiError(500, `All ports in the range [${rejection.min}-${rejection.max}) are already in use`);
  }
}
