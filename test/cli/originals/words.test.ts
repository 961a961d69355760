import t from 'tap';
import { UsageError } from '../../../src/common/errors.js';
import { parseGoWords } from '../../../src/cli/originals/go-words.js';
import { parsePythonWords } from '../../../src/cli/originals/python-words.js';
import type { PythonOptions } from '../../../src/cli/originals/python-words.js';

const options: PythonOptions = {
  long: { marathon: 'values', group: 'value', sse: 'flag', 'health-check': 'flag', 'max-reload-retries': 'value' },
  short: { m: 'marathon', s: 'sse', H: 'health-check' },
};
const read = (...words: string[]): { given: object; own: readonly string[] } => {
  const { given, own } = parsePythonWords(options, words);
  return { given: Object.fromEntries(given), own };
};

t.test('words as argparse reads them', async (t) => {
  t.same(read('-m', 'http://a', 'http://b', '--sse', '--group=x', '--group', '*').given, {
    marathon: ['http://a', 'http://b'],
    sse: [''],
    group: ['x', '*'],
  });
  t.same(read('-sH', '-mhttp://a').given, { sse: [''], 'health-check': [''], marathon: ['http://a'] });
  t.same(read('--max-reload-retries', '-1').given, { 'max-reload-retries': ['-1'] }, 'a negative number is a value');
  t.same(read('--health', '--mar', 'http://a').given, { 'health-check': [''], marathon: ['http://a'] }, 'shortened');
});

t.test('options of ekiden lb among them keep their words', async (t) => {
  t.same(read('--haproxy_http_port', '8080', '--sse', '--keep_haproxy', '--work_dir=/x', '--lb_strict', 'false'), {
    given: { sse: [''] },
    own: ['--haproxy_http_port', '8080', '--keep_haproxy', '--work_dir=/x', '--lb_strict', 'false'],
  });
});

t.test('what argparse refuses', async (t) => {
  for (const [words, message] of [
    [['--group'], /--group needs a value/],
    [['--group', '--sse'], /--group needs a value/],
    [['--sse=yes'], /takes no value/],
    [['stray'], /stands alone/],
    [['-x'], /-x is not an option/],
    [['--nothing'], /--nothing is not an option/],
    [['--ma'], /could be --marathon or --max-reload-retries/],
    [['--http_port', '1', '--master=x'], /--master is not an option/],
  ] as const) {
    t.throws(() => read(...words), { name: UsageError.name, message }, words.join(' '));
  }
});

t.test('words as Go programs read them, the last one counts', async (t) => {
  const given = parseGoWords({ config: 'text', v: 'boolean' }, ['-config=a', '--config', 'b', '-v', '--', '-config=c']);
  t.same(Object.fromEntries(given), { config: 'b', v: 'true' });
  t.throws(() => parseGoWords({ config: 'text' }, ['-config']), { message: 'flag needs an argument: -config' });
  t.throws(() => parseGoWords({ config: 'text' }, ['-other']), { message: 'flag provided but not defined: -other' });
  t.throws(() => parseGoWords({ v: 'boolean' }, ['-v=perhaps']), { message: /invalid boolean value "perhaps"/ });
});
