import { createSocket } from 'node:dgram';
import t from 'tap';
import { startTestAnswerer, testZone } from '../support/answerer.js';

t.test('a port that is in use is waited for as long as there is patience', async (t) => {
  const holder = createSocket('udp4');
  const port = await new Promise<number>((resolve) =>
    holder.bind(0, '127.0.0.1', () => resolve(holder.address().port)),
  );
  const start = (portPatienceMs: number) => startTestAnswerer(t, {}, testZone(), { port, portPatienceMs });
  await t.rejects(start(0), { name: 'StartupError', message: /in use.*--dns_port/ });
  await t.rejects(start(150), { name: 'StartupError', message: /in use.*--dns_port/ });
  const starting = start(60_000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  holder.close();
  t.equal((await starting).port, port);
});
