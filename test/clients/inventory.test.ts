import { readdirSync } from 'node:fs';
import t from 'tap';

/** The clients whose requests are replayed, by how the names of their files begin. */
const clients = [
  'marathon-python',
  'go-marathon',
  'marathonctl',
  'dcos-cli',
  'marathon-lb',
  'prometheus',
  'traefik',
  'nixy',
  'bamboo',
  'datadog',
  'marathon-consul',
  'marathon-ui',
];
const ruleCount = 14;

t.test('every rule and every client has its tests', (t) => {
  const files = readdirSync('test/clients').filter((file) => file.endsWith('.test.ts'));
  const rules = readdirSync('test/clients/rules').filter((file) => file.endsWith('.test.ts'));
  const readers = new Set(readdirSync('test/clients/support/readers'));
  const covered = clients.filter(
    (client) => files.some((file) => file.startsWith(`${client}-`)) && readers.has(`${client}.ts`),
  );
  const numbers = rules.map((file) => Number(/^(\d\d)-/.exec(file)?.[1]));
  t.same(covered, clients);
  t.same(
    numbers.sort((a, b) => a - b),
    Array.from({ length: ruleCount }, (_, i) => i + 1),
  );
  t.comment(`${numbers.length} of ${ruleCount} rules, ${covered.length} of ${clients.length} clients`);
  t.end();
});
