import type { HttpReply } from '../../http/server.js';
import type { Outcome } from '../core/commands.js';

type Deployed = Extract<Outcome, { type: 'deployed' }>;

/** Sends JSON that is text already: what is rendered once is not serialised again. */
export function sendJson(reply: HttpReply, text: string): HttpReply {
  return reply.type('application/json; charset=utf-8').send(text);
}

/** The deployment that a command has led to. Only for commands that lead to one. */
export function deployed(outcome: Outcome): Deployed {
  if (outcome.type !== 'deployed') throw new Error(`the command ended as ${outcome.type}, not in a deployment`);
  return outcome;
}

/** Marathon's deployment result (marathon.md §1.4), the id in the header, too. */
export function sendDeployment(reply: HttpReply, { version, deploymentId }: Deployed): HttpReply {
  void reply.header('Marathon-Deployment-Id', deploymentId);
  return sendJson(reply, JSON.stringify({ version, deploymentId }));
}
