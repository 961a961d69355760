/** What a reader of a refusal wants to know of the framework. */
export interface RefusedFramework {
  readonly frameworkId: string | undefined;
  readonly failoverTimeoutSeconds: number;
  /** The command that takes the framework's id out of the store. */
  readonly forgetCommand: string;
}

/** An ERROR event's message with what it means and what can be done. */
export function explainRefusal(message: string, framework: RefusedFramework): string {
  const id = framework.frameworkId ?? 'not known yet';
  switch (message) {
    case 'Framework has been removed':
      return (
        `${message}: Mesos has forgotten the framework ${id} for good and killed its tasks, because it was torn down, or away for ` +
        `longer than its failover timeout of ${framework.failoverTimeoutSeconds} s. The way on: "${framework.forgetCommand}" takes the ` +
        'id out of the store; apps and pods stay, and the next start registers as a new framework, which launches their instances anew'
      );
    case 'Framework failed over':
      return (
        `${message}: another process has subscribed as the framework ${id} and has its tasks now; this one must end. If that was ` +
        'nobody of this cluster of schedulers, two of them have the same framework id in stores of their own'
      );
    default:
      return message;
  }
}
