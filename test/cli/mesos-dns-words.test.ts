import t from 'tap';
import { areMesosDnsWords, parseMesosDnsWords } from '../../src/cli/mesos-dns-words.js';

t.test('the command line of Mesos-DNS is told from our own', async (t) => {
  for (const words of [
    ['-config=a.json'],
    ['-config', 'a.json'],
    ['--config=a'],
    ['-v=1', '-config=x'],
    ['-version'],
  ]) {
    t.ok(areMesosDnsWords(words), words.join(' '));
  }
  for (const words of [[], ['--master', 'h:5050'], ['--version'], ['-h'], ['--conf_dir', '/etc'], ['-V']]) {
    t.notOk(areMesosDnsWords(words), words.join(' '));
  }
});

t.test('options as Go programs read them', async (t) => {
  const none = { configFile: 'config.json', version: false, help: false, verbosity: 0 };
  for (const [words, expected] of [
    [[], none],
    [['-config=a.json', '-config', 'b.json'], { ...none, configFile: 'b.json' }],
    [['--config=a=b.json', '-v=2'], { ...none, configFile: 'a=b.json', verbosity: 2 }],
    [['-v', '1', '-logtostderr', '-version=false'], { ...none, verbosity: 1 }],
    [['-version=T'], { ...none, version: true }],
    [['-help'], { ...none, help: true }],
    [['-v=1', 'word', '-v=2'], { ...none, verbosity: 1 }],
    [['-v=1', '--', '-v=2'], { ...none, verbosity: 1 }],
  ] as const) {
    t.strictSame(parseMesosDnsWords(words), expected, words.join(' '));
  }
  for (const [words, message] of [
    [['-conf=a'], 'flag provided but not defined: -conf'],
    [['-config'], 'flag needs an argument: -config'],
    [['-version=maybe'], 'invalid boolean value "maybe" for -version'],
    [['-v=high'], 'invalid value "high" for flag -v'],
    [['---v'], 'bad flag syntax: ---v'],
  ] as const) {
    t.throws(() => parseMesosDnsWords(words), { name: 'UsageError', message });
  }
});
