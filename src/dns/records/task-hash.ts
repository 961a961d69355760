import { createHash } from 'node:crypto';

/** Zooko's base-32 alphabet. */
const alphabet = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/** The five characters that tell the instances of an app apart: z-base-32 of the first 25 bits of SHA-1 of the task id. */
export function taskHash(taskId: string): string {
  const bits = createHash('sha1').update(taskId).digest().readUInt32BE(0);
  let hash = '';
  for (let shift = 27; shift >= 7; shift -= 5) hash += alphabet[(bits >>> shift) & 31];
  return hash;
}

/** What follows the last `-` of an agent id, in lower case (`…-S12` → `s12`). */
export function agentTail(agentId: string): string {
  return agentId.slice(agentId.lastIndexOf('-') + 1).toLowerCase();
}
