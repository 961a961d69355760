import { tcpClient, udpClient } from './clients.js';
import type { RawClient } from './clients.js';
import { messageMaker } from './mutations.js';
import { dotted, message, question } from './octets.js';
import { faultOf, mustBeSilent } from './verdict.js';

/** What came of a fuzz. */
export interface FuzzResult {
  readonly sent: number;
  readonly answered: number;
  /** How often each rcode (the lower four bits) came. */
  readonly rcodes: ReadonlyMap<number, number>;
  /** The first of what was wrong, with the message in hex. */
  readonly faults: readonly string[];
}

const batchSize = 64;
const maxFaults = 10;
/** A reply that is not there so long after the last message of its batch is asked for once more, alone. */
const limitMs = 2_000;
/** Longer ones are cut by the network, or by nobody. */
const maxUdpBytes = 1_400;

/** Messages under way, by id: what is still to be answered. */
class Batch {
  readonly #open = new Map<number, Buffer>();
  readonly #sent = new Map<number, Buffer>();
  #done: (() => void) | undefined;

  add(id: number, bytes: Buffer): void {
    this.#sent.set(id, bytes);
    if (!mustBeSilent(bytes)) this.#open.set(id, bytes);
  }

  /** The message that a reply is for; undefined: nothing of the kind was sent, or it is answered. */
  take(reply: Buffer): Buffer | undefined {
    const id = reply.length < 2 ? -1 : reply.readUInt16BE(0);
    const bytes = this.#sent.get(id);
    this.#sent.delete(id);
    this.#open.delete(id);
    if (this.#open.size === 0) this.#done?.();
    return bytes;
  }

  /** Resolves with what is not answered after a while. */
  unanswered(): Promise<readonly Buffer[]> {
    return new Promise((resolve) => {
      const limit = setTimeout(() => this.#done?.(), limitMs);
      this.#done = () => {
        clearTimeout(limit);
        resolve([...this.#open.values()]);
      };
      if (this.#open.size === 0) this.#done();
    });
  }
}

/**
 * Sends messages made from `seed` to the name server on 127.0.0.1:port, most over UDP and some over TCP, and judges every reply and
 * every silence. `names` are some that the server knows; there are no resolvers.
 */
export async function fuzzNameServer(options: {
  readonly port: number;
  readonly seed: number;
  readonly packets: number;
  readonly names: readonly string[];
}): Promise<FuzzResult> {
  const { port, packets, names } = options;
  const make = messageMaker(options.seed, names);
  const rcodes = new Map<number, number>();
  const faults: string[] = [];
  let answered = 0;
  let batch = new Batch();

  function note(what: string, bytes: Buffer | undefined, transport: string): void {
    if (faults.length < maxFaults)
      faults.push(`${transport}: ${what}: ${bytes?.toString('hex') ?? 'nothing was asked'}`);
  }

  function onReply(reply: Buffer, transport: 'udp' | 'tcp'): void {
    const bytes = batch.take(reply);
    answered++;
    rcodes.set((reply[3] ?? 0) & 15, (rcodes.get((reply[3] ?? 0) & 15) ?? 0) + 1);
    const fault = bytes === undefined ? 'one reply too many' : faultOf(bytes, reply, transport);
    if (fault !== undefined) note(fault, bytes, transport);
  }

  /** Sends messages, and those without a reply once more: datagrams may be lost. */
  async function sendBatch(messages: readonly Buffer[], client: RawClient, transport: 'udp' | 'tcp'): Promise<void> {
    batch = new Batch();
    // So that the ones that nobody answers have been seen when the batch is over
    const last = message({ body: question(dotted(names[0] ?? 'mesos')) });
    for (const [id, bytes] of [...messages, last].entries()) {
      if (bytes.length >= 2) bytes.writeUInt16BE(id, 0);
      batch.add(id, bytes);
      client.send(bytes);
    }
    const missing = await batch.unanswered();
    for (const bytes of missing) {
      batch = new Batch();
      batch.add(bytes.readUInt16BE(0), bytes);
      client.send(bytes);
      if ((await batch.unanswered()).length > 0) note('no reply', bytes, transport);
    }
  }

  const udp = await udpClient(port, (reply) => onReply(reply, 'udp'));
  let sent = 0;
  try {
    for (let round = 0; sent < packets && faults.length < maxFaults; round++) {
      const messages = Array.from({ length: Math.min(batchSize, packets - sent) }, make);
      sent += messages.length;
      if (round % 16 === 15) {
        const tcp = await tcpClient(port, (reply) => onReply(reply, 'tcp'));
        await sendBatch(
          messages.filter((bytes) => !mustBeSilent(bytes)),
          tcp,
          'tcp',
        );
        tcp.close();
      } else {
        await sendBatch(
          messages.map((bytes) => bytes.subarray(0, maxUdpBytes)),
          udp,
          'udp',
        );
      }
    }
  } finally {
    udp.close();
  }
  return { sent, answered, rcodes, faults };
}
