import t from 'tap';
import { matchOffer } from '../../../src/scheduler/core/match/match-offer.js';
import { Spreads } from '../../../src/scheduler/core/match/spread.js';
import { anApp, anOffer } from '../../support/scheduler-fixtures.js';

const first = (): number => 0;
/** No instance of the app is anywhere. */
const nowhere = new Spreads(() => []);

t.test('a fitting offer gives ports and leaves the rest', async (t) => {
  const app = anApp({ cpus: 0.1, memMib: 32, portDefinitions: [{ port: 10000, protocol: 'tcp', labels: {} }] });
  const match = matchOffer(
    app,
    anOffer({ cpus: 0.3, memMib: 100, ports: [{ begin: 31000, end: 31001 }] }),
    nowhere,
    first,
  );
  if (!match.fits) return t.fail(JSON.stringify(match.refusals));
  t.same(match.ports, [31000]);
  t.match(match.taken.parts, [{ role: '*', cpus: 0.1, memMib: 32, ports: [{ begin: 31000, end: 31000 }] }]);
  t.match(match.rest.resources, [{ role: '*', cpus: 0.2, memMib: 68, ports: [{ begin: 31001, end: 31001 }] }]);
});

t.test('thirty tenths of a cpu are three cpus', async (t) => {
  const app = anApp({ cpus: 0.1, portDefinitions: [] });
  let offer = anOffer({ cpus: 3, memMib: 100_000, ports: [] });
  for (let i = 0; i < 30; i++) {
    const match = matchOffer(app, offer, nowhere, first);
    if (!match.fits) return t.fail(`number ${i}: ${JSON.stringify(match.refusals)}`);
    offer = match.rest;
  }
  t.notOk(matchOffer(app, offer, nowhere, first).fits);
});

t.test('every filter that says no is named, with need and have', async (t) => {
  const app = anApp({
    cpus: 4,
    memMib: 512,
    diskMib: 10,
    gpus: 1,
    portDefinitions: [{ port: 1, protocol: 'tcp', labels: {} }],
  });
  const match = matchOffer(app, anOffer({ cpus: 1, memMib: 100, diskMib: 0, ports: [] }), nowhere, first);
  if (match.fits) return t.fail('it must not fit');
  t.same(match.refusals, [
    {
      reason: 'InsufficientCpus',
      needed: '4 cpus',
      had: '1 cpus',
      amounts: { needed: { cpus: 4 }, had: { cpus: 1 } },
    },
    {
      reason: 'InsufficientMemory',
      needed: '512 MiB of memory',
      had: '100 MiB of memory',
      amounts: { needed: { memMib: 512 }, had: { memMib: 100 } },
    },
    {
      reason: 'InsufficientDisk',
      needed: '10 MiB of disk',
      had: '0 MiB of disk',
      amounts: { needed: { diskMib: 10 }, had: { diskMib: 0 } },
    },
    {
      reason: 'InsufficientGpus',
      needed: '1 gpus',
      had: '0 gpus',
      amounts: { needed: { gpus: 1 }, had: { gpus: 0 } },
    },
    {
      reason: 'InsufficientPorts',
      needed: '1 ports',
      had: '0 ports',
      amounts: { needed: { ports: 1 }, had: { ports: 0 } },
    },
  ]);
});

t.test('required ports must be in the offer', async (t) => {
  const app = anApp({
    requirePorts: true,
    portDefinitions: [
      { port: 80, protocol: 'tcp', labels: {} },
      { port: 31005, protocol: 'tcp', labels: {} },
    ],
  });
  const match = matchOffer(app, anOffer({ ports: [{ begin: 31000, end: 31010 }] }), nowhere, first);
  if (match.fits) return t.fail('it must not fit');
  t.same(match.refusals, [
    { reason: 'InsufficientPorts', needed: 'ports 80, 31005', had: 'all but 80', missingPorts: [80] },
  ]);
  const fits = matchOffer(
    app,
    anOffer({
      ports: [
        { begin: 80, end: 80 },
        { begin: 31000, end: 31010 },
      ],
    }),
    nowhere,
    first,
  );
  t.match(fits, { fits: true, ports: [80, 31005] });
});

t.test('reserved resources are used first, and only by their role', async (t) => {
  const reserved = { role: 'dev', cpus: 1, memMib: 64, diskMib: 0, gpus: 0, ports: [] };
  const offer = {
    ...anOffer({ cpus: 1, memMib: 128, ports: [] }),
    resources: [...anOffer({ cpus: 1, memMib: 128, ports: [] }).resources, reserved],
  };
  const mine = matchOffer(anApp({ cpus: 1.5, memMib: 128, role: 'dev', portDefinitions: [] }), offer, nowhere, first);
  t.match(mine, {
    fits: true,
    taken: {
      parts: [
        { role: 'dev', cpus: 1, memMib: 64 },
        { role: '*', cpus: 0.5, memMib: 64 },
      ],
    },
  });
  const other = matchOffer(anApp({ cpus: 1.5, memMib: 128, portDefinitions: [] }), offer, nowhere, first);
  t.match(other, { fits: false, refusals: [{ reason: 'InsufficientCpus', needed: '1.5 cpus', had: '1 cpus' }] });
});

t.test('what a custom executor takes must be offered, too', async (t) => {
  const executorResources = { cpus: 1, memMib: 32, diskMib: 10 };
  const app = anApp({ cpus: 7.5, memMib: 128, executor: 'bin/executor', executorResources });
  const match = matchOffer(app, anOffer({ cpus: 8 }), nowhere, first);
  t.match(match, { fits: false, refusals: [{ reason: 'InsufficientCpus', needed: '8.5 cpus', had: '8 cpus' }] });
  const fitting = matchOffer(app, anOffer({ cpus: 8.5 }), nowhere, first);
  t.match(fitting, { fits: true, containers: [{ parts: [{ cpus: 1, memMib: 32, diskMib: 10 }] }] });
  const withoutExecutor = anApp({ cpus: 7.5, executor: '//cmd', executorResources });
  t.match(matchOffer(withoutExecutor, anOffer({ cpus: 8 }), nowhere, first), { fits: true, containers: [] });
});
