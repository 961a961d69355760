// A name that exists is never denied while the whole cluster changes around it.
import t from 'tap';
import { knownName } from '../../dns/hostile/support/classes.js';
import { askOnce, udpClient } from '../../dns/hostile/support/clients.js';
import { dotted, message, question } from '../../dns/hostile/support/octets.js';
import { startFakeMaster } from '../../support/fake-operator-master.js';
import type { FakeMaster } from '../../support/fake-operator-master.js';
import { waitFor } from '../../support/wait.js';
import { startDnsProcess } from './support/dns-process.js';

t.setTimeout(120_000);

const tasks = 2_000;

const addTask = (master: FakeMaster, i: number, generation: number): void =>
  master.addTask({
    id: `app${i}.1`,
    name: `app${i}`,
    agentId: 'x-S1',
    ip: `10.${generation}.${i >> 8}.${i & 255}`,
    ports: [31_000 + i],
  });

/** Asks for one name without a pause, ten questions under way, and counts the answers by rcode and number of addresses. */
async function askOn(port: number): Promise<{ readonly seen: Map<string, number>; stop(): void }> {
  const seen = new Map<string, number>();
  let id = 0;
  let stopped = false;
  const next = (): void => {
    id = (id + 1) % 65_536;
    if (!stopped) client.send(message({ id, body: question(dotted(knownName)) }));
  };
  const client = await udpClient(port, (reply) => {
    const what = `rcode ${(reply[3] ?? 0) & 15}, ${reply.readUInt16BE(6)} addresses`;
    seen.set(what, (seen.get(what) ?? 0) + 1);
    setImmediate(next);
  });
  for (let i = 0; i < 10; i++) next();
  // Datagrams may be lost: the stream of questions must not dry up
  const again = setInterval(next, 20);
  return {
    seen,
    stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(again);
      client.close();
    },
  };
}

for (const workers of [0, 2]) {
  t.test(`${tasks} tasks change around a name, ${workers} workers`, async (t) => {
    const master = await startFakeMaster();
    t.teardown(() => master.stop());
    master.addAgent('x-S1', '10.0.0.1');
    master.addFramework('F1', 'marathon');
    master.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', ip: '172.16.0.5', ports: [31_001] });
    for (let i = 0; i < tasks; i++) addTask(master, i, 1);
    const port = await startDnsProcess(t, master.authority, workers);
    const asking = await askOn(port);
    t.teardown(() => asking.stop());

    /** Resolves when the last app is answered with the address of this generation. */
    const shows = (generation: number | undefined): Promise<unknown> =>
      waitFor('the change', async () => {
        const wanted = generation === undefined ? 3 : 0;
        const reply = await askOnce(port, message({ body: question(dotted(`app${tasks - 1}.marathon.mesos`)) }));
        if (reply === undefined || ((reply[3] ?? 0) & 15) !== wanted) return false;
        return generation === undefined || reply.at(-3) === generation;
      });

    for (let i = 0; i < tasks; i++) addTask(master, i, 2);
    await shows(2);
    master.silently(() => {
      for (let i = 0; i < tasks; i++) addTask(master, i, 3);
    });
    master.disconnect();
    await shows(3);
    for (let i = 0; i < tasks; i++) master.updateTask(`app${i}.1`, 'TASK_KILLED');
    await shows(undefined);
    for (let i = 0; i < tasks; i++) addTask(master, i, 4);
    await shows(4);

    asking.stop();
    t.strictSame([...asking.seen.keys()], ['rcode 0, 1 addresses'], 'no wrong answer among them');
    t.ok((asking.seen.get('rcode 0, 1 addresses') ?? 0) > 100);
  });
}
