// What our own mode answers otherwise than Mesos-DNS: every difference belongs to a class that docs/compat/mesos-dns.md names and counts.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { packageRoot } from '../../../src/common/package-root.js';
import { sharedPath } from '../../support/shared.js';
import { classify } from './support/classify.js';
import { differenceClasses } from './support/classes.js';
import { compareOwnMode } from './support/own-mode.js';

const golden = sharedPath('golden/dns');
const compare = sharedPath('tools/dns-compare.mjs');
const skip = (golden === undefined || compare === undefined) && 'no recordings of Mesos-DNS beside the project';

t.setTimeout(400_000);

const scenarios = ['main', 'rfc952-host', 'docker-mesos', 'forward', 'upstream-fake'];
const documentPath = join(packageRoot(), 'docs', 'compat', 'mesos-dns.md');
const [begin, end] = ['<!-- differences: begin -->', '<!-- differences: end -->'];

/** Some answers are made at random, and which of them fit into a message is too: a count may be off by so much. */
const slack = (count: number): number => Math.max(6, Math.ceil(count / 20));

function tableOf(counts: ReadonlyMap<string, number>, matched: number, differed: number): string {
  const rows = differenceClasses.map(({ title, reason }) => `| ${title} | ${counts.get(title) ?? 0} | ${reason} |`);
  return [
    `Of ${matched + differed} recorded answers of Mesos-DNS, in five scenarios, ${matched} are the same to the last record, and ${differed} are not, for these reasons; an answer may have several.`,
    '',
    '| Class | Answers | Why |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** Text without what a formatter of tables adds. */
const plain = (text: string): string => text.replace(/ +/g, ' ').replace(/-{3,}/g, '---').trim();

/** Numbers of a text, and the text without them. */
function numbersOf(text: string): { readonly rest: string; readonly numbers: readonly number[] } {
  const own = /(?<=\| )\d+(?= \|)|(?<=Of )\d+|\d+(?= are the same)|(?<=and )\d+(?= are not)/g;
  return { rest: text.replace(own, 'N'), numbers: Array.from(text.matchAll(own), ([number]) => Number(number)) };
}

t.test('every difference has its reason in the document', { skip, timeout: 400_000 }, async (t) => {
  const total = new Map<string, number>();
  let matched = 0;
  let differed = 0;
  for (const scenario of scenarios) {
    await t.test(scenario, { timeout: 120_000 }, async (t) => {
      const result = await compareOwnMode(t, { golden: golden ?? '', compare: compare ?? '' }, scenario);
      matched += result.matched;
      differed += result.differences.length;
      const { counts, unclassified } = classify(result.differences);
      t.same(unclassified.slice(0, 20), [], 'differences without a reason');
      for (const [title, count] of counts) total.set(title, (total.get(title) ?? 0) + count);
    });
  }
  t.ok(matched > 1_000, `${matched} answers are the same`);
  for (const [title, count] of total) t.ok(count > 0, `there is still a difference of the class "${title}"`);

  const document = readFileSync(documentPath, 'utf8');
  const [before = '', rest = ''] = document.split(begin);
  const [shown = '', after = ''] = rest.split(end);
  const table = tableOf(total, matched, differed);
  if (process.env['EKIDEN_TEST_WRITE_DOCS'] === '1') {
    writeFileSync(documentPath, `${before}${begin}\n\n${table}\n\n${end}${after}`);
    return;
  }
  const [told, found] = [numbersOf(plain(shown)), numbersOf(plain(table))];
  t.equal(told.rest, found.rest);
  const off = found.numbers.filter((number, index) => Math.abs(number - (told.numbers[index] ?? 0)) > slack(number));
  t.same(off, [], 'counts that the document has not: write it anew with EKIDEN_TEST_WRITE_DOCS=1');
});
