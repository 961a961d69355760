// What no honest client sends, each with what has to come back.
import t from 'tap';
import { hostileClasses } from './support/classes.js';
import type { HostileClass } from './support/classes.js';
import { tcpClient, udpClient } from './support/clients.js';
import { fullRcode } from './support/octets.js';
import { answersWell, sentinel, sentinelId, startExact, startOurs } from './support/servers.js';
import { faultOf } from './support/verdict.js';

const transports = ['udp', 'tcp'] as const;
type Transport = (typeof transports)[number];

/** More cannot be sent in one datagram. */
const maxDatagramBytes = 65_507;

/**
 * What comes back for a message: all that comes before the answer to an honest question behind it, or before the connection ends. A server
 * answers what is no question to be looked up elsewhere in the order in which it came.
 */
async function repliesTo(port: number, transport: Transport, bytes: Buffer): Promise<Buffer[]> {
  const replies: Buffer[] = [];
  let finish: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (finish = resolve));
  const onReply = (reply: Buffer): void => {
    if (reply.readUInt16BE(0) === sentinelId) finish();
    else replies.push(reply);
  };
  const client = transport === 'udp' ? await udpClient(port, onReply) : await tcpClient(port, onReply, finish);
  client.send(bytes);
  client.send(sentinel);
  await over;
  client.close();
  return replies;
}

function shown(replies: readonly Buffer[]): number | string {
  const [reply] = replies;
  if (replies.length > 1) return `${replies.length} replies`;
  return reply === undefined ? 'silence' : fullRcode(reply);
}

const isSentOver = ({ bytes, transport }: HostileClass, over: Transport): boolean =>
  (transport ?? over) === over && (over === 'tcp' || bytes.length <= maxDatagramBytes);

t.test('the name server', async (t) => {
  const { port, errors } = await startOurs(t);
  for (const over of transports) {
    for (const hostile of hostileClasses.filter((one) => isSentOver(one, over))) {
      const { name, bytes, ours } = hostile;
      const replies = await repliesTo(port, over, bytes);
      t.equal(shown(replies), ours, `${name}, ${over}`);
      const [reply] = replies;
      if (reply !== undefined && ours !== 'silence')
        t.equal(faultOf(bytes, reply, over), undefined, `${name}, ${over}`);
    }
  }
  t.ok(await answersWell(port), 'and it goes on serving');
  t.strictSame(errors(), [], 'nothing of it is a fault of ours');
});

t.test('exact mode', async (t) => {
  const { port } = await startExact(t);
  for (const over of transports) {
    for (const hostile of hostileClasses.filter((one) => isSentOver(one, over))) {
      const { name, bytes, exact } = hostile;
      const replies = await repliesTo(port, over, bytes);
      if (exact !== undefined) t.equal(shown(replies), exact, `${name}, ${over}`);
    }
  }
  t.ok(await answersWell(port), 'and it goes on serving');
});
