// Messages of all kinds to a running name server. `npm run bench -- dns fuzz` does the same with a million of them.
import { connect } from 'node:net';
import t from 'tap';
import { waitFor } from '../../support/wait.js';
import { knownName } from './support/classes.js';
import { exchangeRaw } from './support/clients.js';
import { fuzzNameServer } from './support/fuzz.js';
import { messageMaker, randomNumbers } from './support/mutations.js';
import { answersWell, startExact, startOurs } from './support/servers.js';

const names = [knownName, '_web._tcp.marathon.mesos', 'leader.mesos', 'mesos'];
const packets = Number(process.env['EKIDEN_TEST_FUZZ_PACKETS'] ?? 6_000);
/** Another one each time; a fault is found again with `EKIDEN_TEST_SEED`. */
const seed = Number(process.env['EKIDEN_TEST_SEED'] ?? Date.now() % 2 ** 31);

/** Octets that are no messages in frames, over connections of their own; each has to end. */
async function sendGarbage(port: number, connections: number): Promise<void> {
  const random = randomNumbers(seed);
  const make = messageMaker(seed, names);
  for (let i = 0; i < connections; i++) {
    const pieces = Array.from({ length: 1 + Math.floor(random() * 4) }, make);
    await exchangeRaw(port, ...pieces);
  }
}

t.test('every message gets the reply that is due to it, or none', async (t) => {
  const { port, errors } = await startOurs(t);
  t.comment(`EKIDEN_TEST_SEED=${seed}`);
  const { sent, answered, faults, rcodes } = await fuzzNameServer({ port, seed, packets, names });
  t.strictSame(faults, [], `EKIDEN_TEST_SEED=${seed}`);
  t.equal(sent, packets);
  t.ok(answered > packets / 2, 'most of them are queries');
  for (const rcode of [0, 1, 3, 4, 5]) t.ok(rcodes.has(rcode), `rcode ${rcode} is among the replies`);
  await sendGarbage(port, 100);
  t.ok(await waitFor('an answer', () => answersWell(port)), 'and it goes on serving');
  t.strictSame(errors(), [], 'nothing of it is a fault of ours');
});

t.test('exact mode goes on serving', async (t) => {
  const { port } = await startExact(t);
  const make = messageMaker(seed, names);
  const pieces = Array.from({ length: 300 }, make);
  await sendGarbage(port, 50);
  // Replies are not judged: Mesos-DNS has its own mind
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  for (const piece of pieces) socket.write(piece);
  socket.destroySoon();
  t.ok(await waitFor('an answer', () => answersWell(port)), `EKIDEN_TEST_SEED=${seed}`);
});
