import t from 'tap';
import { configSections, linesWith } from '../../../src/ui/pages/routes/config-sections.js';

const text = `# written by Ekiden
global
  maxconn 10

# /ghost
backend ghost
  server a 10.0.0.1:80
  # of the server
  server b 10.0.0.2:80

frontend http
  default_backend ghost

# the end
`;

t.test('a configuration has sections, with the comments before them', (t) => {
  const sections = configSections(text);
  t.same(
    sections.map(({ title, first, lines }) => [title, first, lines.length]),
    [
      ['global', 1, 4],
      ['backend ghost', 5, 6],
      ['frontend http', 11, 4],
    ],
  );
  t.same(
    sections.flatMap(({ lines }) => lines),
    text.replace(/\n$/, '').split('\n'),
    'nothing is lost',
  );
  t.same(configSections(''), []);
  t.same(
    configSections('  odd line\nglobal').map(({ title, first }) => [title, first]),
    [
      ['', 1],
      ['global', 2],
    ],
  );
  t.end();
});

t.test('a search leaves the sections that have it', (t) => {
  const sections = configSections(text);
  t.equal(linesWith(sections, '').length, 14);
  const found = linesWith(sections, 'MAXCONN');
  t.same(
    found.map(({ number, isHit, isTitle }) => [number, isHit, isTitle]),
    [
      [1, false, false],
      [2, false, true],
      [3, true, false],
      [4, false, false],
    ],
  );
  t.same(
    linesWith(sections, 'ghost').map(({ number }) => number),
    [5, 6, 7, 8, 9, 10, 11, 12, 13, 14],
  );
  t.same(linesWith(sections, 'nothing of it'), []);
  t.end();
});
