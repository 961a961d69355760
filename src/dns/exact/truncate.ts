import { plainUdpPayloadBytes, rrType, tcpPayloadBytes } from '../answer/protocol.js';
import { flag } from './message.js';
import type { WireMessage } from './message.js';
import { pack } from './pack.js';
import type { Packed } from './pack.js';

/** A record takes at least so much: a pointer for its name, type, class, TTL and the length of its data. */
const minRecordBytes = 12;
/** For what is too long to be sent and cannot be cut any more. */
const anyLength = Infinity;

/** How long a reply may be: over UDP what its own OPT record says, whatever the client said. */
function limitOf(message: WireMessage, transport: 'udp' | 'tcp'): number {
  if (transport === 'tcp') return tcpPayloadBytes;
  return message.additionals.find(({ type }) => type === rrType.OPT)?.class ?? plainUdpPayloadBytes;
}

/**
 * Writes a reply, cut as Mesos-DNS cuts (mesos-dns.md §9): when it is too long, all additional records go at once; when it is still not
 * shorter than the limit, answers go from the end. Authority is never cut. `setsTruncateBit` false: TC is never set, whoever set it. Undefined when not even that
 * gives a message.
 */
export function packTruncated(
  message: WireMessage,
  transport: 'udp' | 'tcp',
  setsTruncateBit: boolean,
): Packed | undefined {
  const whole = setsTruncateBit ? message : { ...message, flags: message.flags & ~flag.TC };
  const limit = limitOf(message, transport);
  const fits = pack(whole, limit);
  if (fits !== undefined) return fits;

  const flags = setsTruncateBit ? whole.flags | flag.TC : whole.flags;
  const cut = (count: number): WireMessage => {
    return { ...whole, flags, answers: whole.answers.slice(0, count), additionals: [] };
  };
  let least = 0;
  let most = Math.min(whole.answers.length, Math.ceil(limit / minRecordBytes));
  let best: Packed | undefined;
  while (least <= most) {
    const count = (least + most + 1) >>> 1;
    const packed = pack(cut(count), limit - 1);
    if (packed === undefined) most = count - 1;
    else {
      best = packed;
      least = count + 1;
    }
  }
  return best ?? pack(cut(0), anyLength);
}
