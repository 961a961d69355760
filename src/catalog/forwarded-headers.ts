import type { EdgeAnnouncement } from './edges.js';

/** Who asked a scheduler for what it forwards to an edge: his address. */
export const forwardedForHeader = 'x-ekiden-forwarded-for';
/** The edge's own secret, which it has told the scheduler: nobody else's word for an address counts. */
export const forwardProofHeader = 'x-ekiden-forward-proof';

/** What a scheduler tells an edge of who asks; nothing to one that has announced no secret. */
export function forwardedHeaders(
  { proof }: Pick<EdgeAnnouncement, 'proof'>,
  address: string,
): Readonly<Record<string, string>> {
  return proof === undefined ? {} : { [forwardedForHeader]: address, [forwardProofHeader]: proof };
}
