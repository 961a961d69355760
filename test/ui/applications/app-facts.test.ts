import t from 'tap';
import { factsOf, wellnessOf } from '../../../src/ui/pages/applications/app-facts.js';
import { line } from './support.js';

t.test('totals are those of all wanted instances', (t) => {
  const app = line('/web', {
    instances: 4,
    cpus: 0.5,
    mem: 64,
    counts: { healthy: 2, unknown: 1, overCapacity: 1, staged: 1, unscheduled: 1 },
    labels: { Team: 'Blue' },
    runs: 'nginx:1',
  });
  const facts = factsOf(app);
  t.equal(facts.running, 4, 'what is staged does not run yet');
  t.equal(facts.cpus, 2);
  t.equal(facts.mem, 256);
  t.same(facts.health, ['Healthy', 'Unknown', 'Staged']);
  t.match(facts.text, /\/web\n.*team=blue/s);
  t.equal(factsOf(app), facts, 'each line is looked at once');
  t.end();
});

t.test('what is worse is less well', (t) => {
  const of = (counts: Parameters<typeof line>[1]): number => wellnessOf(line('/a', counts).counts);
  const healthy = of({ counts: { healthy: 3 } });
  const unknown = of({ counts: { unknown: 3 } });
  const staged = of({ counts: { staged: 3 } });
  const missing = of({ counts: { unscheduled: 3 } });
  const unhealthy = of({ counts: { unhealthy: 3 } });
  t.same(
    [healthy, unknown, staged, missing, unhealthy],
    [healthy, unknown, staged, missing, unhealthy].sort((a, b) => b - a),
  );
  t.equal(new Set([healthy, unknown, staged, missing, unhealthy]).size, 5);
  t.equal(of({ instances: 0, counts: {} }), 1, 'where nothing is wanted, nothing is wrong');
  t.ok(of({ counts: { healthy: 2, unhealthy: 1 } }) < of({ counts: { healthy: 2, staged: 1 } }));
  t.end();
});
