import type { HttpReply } from './server.js';

/** Says that the answer depends on a header of the request, next to those that it depends on already. */
export function addVary(reply: HttpReply, header: string): void {
  const before = reply.getHeader('Vary');
  const names = before === undefined ? [] : String(before).split(', ');
  if (!names.includes(header)) void reply.header('Vary', [...names, header].join(', '));
}
