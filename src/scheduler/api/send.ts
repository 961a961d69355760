import type { HttpReply } from '../../http/server.js';
import type { Outcome } from '../core/commands.js';
import type { Timestamp } from '../model/app-definition.js';

/**
 * Sends JSON text that is rendered already, as `application/json` without the charset that a text would get: clients compare the type as a whole
 * (marathon-python reads error details only then).
 */
export function sendJson(reply: HttpReply, text: string | Buffer): HttpReply {
  return reply.header('Content-Type', 'application/json').send(typeof text === 'string' ? Buffer.from(text) : text);
}

/** The answer to a change (marathon.md §1.4): `{version, deploymentId}`, and the id in a header too. */
export function sendDeployment(
  reply: HttpReply,
  { version, deploymentId }: { readonly version: Timestamp; readonly deploymentId: string },
): HttpReply {
  void reply.header('Marathon-Deployment-Id', deploymentId);
  return sendJson(reply, JSON.stringify({ version, deploymentId }));
}

/** The outcome of a command that always deploys. */
export function deployed(outcome: Outcome): Outcome & { type: 'deployed' } {
  if (outcome.type !== 'deployed') throw new Error(`expected a deployment, got ${outcome.type}`);
  return outcome;
}
