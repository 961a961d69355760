import t from 'tap';
import { indentEdit, lineOf, newLineEdit } from '../../../src/ui/components/editor-text.js';
import type { TextEdit } from '../../../src/ui/components/editor-text.js';

const applied = (text: string, edit: TextEdit | undefined): string | undefined =>
  edit === undefined ? undefined : text.slice(0, edit.start) + edit.text + text.slice(edit.end);

t.test('Tab moves lines in and out', (t) => {
  t.equal(applied('ab', indentEdit('ab', 1, 1, false)), 'a  b');
  t.equal(applied('a\nb\nc', indentEdit('a\nb\nc', 0, 3, false)), '  a\n  b\nc');
  t.equal(applied('a\nb\nc', indentEdit('a\nb\nc', 0, 2, false)), '  a\nb\nc', 'the line where it only ends stays');
  t.equal(applied('  a\n   b', indentEdit('  a\n   b', 0, 8, true)), 'a\n b');
  t.equal(applied('x\n  a', indentEdit('x\n  a', 4, 4, true)), 'x\na');
  t.equal(indentEdit('a', 0, 1, true), undefined);
  t.end();
});

t.test('Enter keeps the indentation, and makes more of it after a bracket', (t) => {
  t.equal(applied('  a', newLineEdit('  a', 3, 3)), '  a\n  ');
  t.equal(applied('  {', newLineEdit('  {', 3, 3)), '  {\n    ');
  const between = newLineEdit('  {}', 3, 3);
  t.equal(applied('  {}', between), '  {\n    \n  }');
  t.same(between.selection, [8, 8]);
  t.equal(lineOf('a\nb\nc', 3), 2);
  t.end();
});
