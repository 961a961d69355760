import t from 'tap';
import { readFactor, scaledBy } from '../../../src/ui/actions/scale-by.js';

t.test('factors as people type them', (t) => {
  t.equal(readFactor('1.5'), 1.5);
  t.equal(readFactor(' 1,5 '), 1.5);
  t.equal(readFactor('.5'), 0.5);
  t.equal(readFactor('2.'), 2);
  t.equal(readFactor('0'), 0);
  for (const wrong of ['', '.', '-1', '1e3', '1.2.3', 'two', '50%', '1001', 'Infinity']) {
    t.equal(readFactor(wrong), undefined, wrong);
  }
  t.end();
});

t.test('instances are rounded up, as the scheduler does it', (t) => {
  const apps = [
    { id: '/a', instances: 3 },
    { id: '/b', instances: 0 },
    { id: '/c', instances: 1 },
  ];
  t.same(scaledBy(apps, 1.5), {
    apps: [
      { id: '/a', now: 3, then: 5 },
      { id: '/b', now: 0, then: 0 },
      { id: '/c', now: 1, then: 2 },
    ],
    now: 4,
    then: 7,
  });
  t.equal(scaledBy(apps, 0).then, 0);
  t.equal(scaledBy(apps, 0.1).then, 2);
  t.end();
});
