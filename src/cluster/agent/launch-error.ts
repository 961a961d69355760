/** Why a task cannot be started on this agent: becomes the message of its TASK_FAILED. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}
