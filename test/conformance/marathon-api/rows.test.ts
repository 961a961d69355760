import { existsSync } from 'node:fs';
import t from 'tap';
import { readCases } from './cases.js';
import type { Case } from './cases.js';

/** Every row of the collected cases is run by some test: which one, and how many it has. What came of them, each test says itself. */

interface Owner {
  readonly what: string;
  /** The test file, from the root of the project. */
  readonly test: string;
  readonly owns: (row: Case) => boolean;
}

const here = 'test/conformance/marathon-api';
const owners: readonly Owner[] = [
  {
    what: 'requests',
    test: `${here}/requests.test.ts`,
    owns: ({ expected }) => expected === 'accept' || expected === 'reject',
  },
  { what: 'response examples', test: `${here}/responses.test.ts`, owns: ({ file }) => file.startsWith('responses/') },
  { what: 'RAML files', test: `${here}/raml.test.ts`, owns: ({ kind }) => kind === 'raml' },
  { what: 'JSON schemas', test: 'test/scheduler/api/schemas.test.ts', owns: ({ kind }) => kind === 'json-schema' },
  {
    what: 'event examples',
    test: 'test/scheduler/events/marathon-event-cases.test.ts',
    owns: ({ file }) => file.startsWith('events/'),
  },
];

const rows = readCases();

t.test('every row has its test', { skip: rows === undefined && 'no ../shared here' }, (t) => {
  const all = rows ?? [];
  for (const { file, ...row } of all) {
    const found = owners.filter(({ owns }) => owns({ file, ...row })).map(({ test }) => test);
    if (found.length !== 1) t.fail(`${file} is run by ${found.length === 0 ? 'no test' : found.join(' and ')}`);
  }
  let owned = 0;
  for (const { what, test, owns } of owners) {
    const count = all.filter(owns).length;
    t.ok(count > 0 && existsSync(test), `${count} ${what}: ${test}`);
    owned += count;
    t.comment(`${count} of ${all.length} rows are ${what}: ${test}`);
  }
  t.equal(owned, all.length);
  t.comment(`${owned} of ${all.length} rows are run by a test`);
  t.end();
});
