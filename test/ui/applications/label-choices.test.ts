import t from 'tap';
import { applyFilter } from '../../../src/ui/pages/applications/filter.js';
import { labelChoices } from '../../../src/ui/pages/applications/label-choices.js';
import { noFilter } from '../../../src/ui/pages/applications/list-query.js';
import { line } from './support.js';

const apps = [
  line('/a', { labels: { env: 'prod', team: 'blue' } }),
  line('/b', { labels: { env: 'prod' } }),
  line('/c', { labels: { env: 'dev', team: 'red' } }),
];
const { labels } = applyFilter(apps, noFilter);

t.test('labels that most apps have come first, their values too', (t) => {
  t.same(labelChoices(labels, [], ''), {
    choices: [
      {
        key: 'env',
        count: 3,
        values: [
          { value: 'prod', count: 2 },
          { value: 'dev', count: 1 },
        ],
        more: 0,
      },
      {
        key: 'team',
        count: 2,
        values: [
          { value: 'blue', count: 1 },
          { value: 'red', count: 1 },
        ],
        more: 0,
      },
    ],
    more: 0,
  });
  t.end();
});

t.test('they are searched by key and value', (t) => {
  const found = (search: string): string[] =>
    labelChoices(labels, [], search).choices.flatMap(({ key, values }) => values.map(({ value }) => `${key}=${value}`));
  t.same(found('RED'), ['team=red']);
  t.same(found('env'), ['env=prod', 'env=dev']);
  t.same(found('team=b'), ['team=blue']);
  t.same(found('none'), []);
  t.end();
});

t.test('what is chosen is always there, first, even when no app has it any more', (t) => {
  const chosen = [{ key: 'gone', value: 'away' }, { key: 'team', value: 'red' }, { key: 'bare' }];
  const { choices } = labelChoices(labels, chosen, 'prod');
  t.same(
    choices.map(({ key, count, values }) => [key, count, values.map(({ value }) => value)]),
    [
      ['bare', 0, []],
      ['gone', 0, ['away']],
      ['team', 2, ['red']],
      ['env', 3, ['prod']],
    ],
  );
  t.end();
});

t.test('of very many only some are shown, and it is said how many are not', (t) => {
  const many = Array.from({ length: 100 }, (_, i) => line(`/${i}`, { labels: { [`key${i}`]: '1', build: String(i) } }));
  const { choices, more } = labelChoices(applyFilter(many, noFilter).labels, [{ key: 'build', value: '99' }], '');
  t.equal(choices.length, 30);
  t.equal(more, 71);
  t.equal(choices[0]?.key, 'build');
  t.equal(choices[0]?.values[0]?.value, '99');
  t.equal(choices[0]?.values.length, 20);
  t.equal(choices[0]?.more, 80);
  t.end();
});
