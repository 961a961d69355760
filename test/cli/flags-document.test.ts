// docs/flags.md is written from the table of options:
//   EKIDEN_TEST_WRITE_DOCS=1 node build/test/cli/flags-document.test.js
import t from 'tap';
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { formatValue } from '../../src/cli/flag-values.js';
import { commandNames, flagGroups, flagNames, flagOf, missingFlags } from '../../src/cli/flags.js';
import type { Flag, FlagKind, FlagName } from '../../src/cli/flags.js';

const path = 'docs/flags.md';

const kinds: Readonly<Record<FlagKind, string>> = {
  string: 'text',
  choice: 'one of',
  host: 'host name or address',
  ip: 'IP address',
  boolean: 'boolean',
  integer: 'number',
  bytes: 'bytes',
  port: 'port',
  milliseconds: 'ms',
  seconds: 's',
  addresses: 'addresses',
  masters: 'host:port, or zk://…',
  zookeeper: 'zk://…',
  urls: 'URLs',
  endpoints: 'URLs',
  origins: 'origins',
  list: 'words',
  url: 'URL',
  path: 'path',
  prefix: 'path of a URL',
  credentials: 'user:password',
};

function cell(text: string): string {
  return text.replaceAll(/[|<>*\\]/g, '\\$&');
}

function valueOf({ kind, choices, toggle }: Flag): string {
  const words = choices === undefined ? '' : ` ${choices.map((word) => `\`${word}\``).join(' ')}`;
  return `${kinds[kind]}${words}${toggle === true ? ', on/off' : ''}`;
}

function defaultOf({ default: value, defaultText, defaultFor = {} }: Flag): string {
  const shown = value === undefined ? '' : formatValue(value);
  const usual = shown === '' ? (defaultText ?? '') : `\`${shown}\``;
  const others = commandNames.flatMap((command) => {
    const other = defaultFor[command];
    return other === undefined ? [] : [`\`${formatValue(other)}\` with ${command}`];
  });
  return [shown === '' ? cell(usual) : usual, ...others].filter((text) => text !== '').join(', ');
}

function rowOf(name: FlagName): string {
  const flag = flagOf(name);
  const notes = [
    flag.text,
    ...(flag.only === undefined ? [] : [`nothing else: ${flag.only}`]),
    ...(flag.withoutEffect === undefined ? [] : [`without effect: ${flag.withoutEffect}`]),
    ...(flag.aliases === undefined ? [] : [`also ${flag.aliases.join(', ')}`]),
    ...(flag.variables === undefined ? [] : [`also the variable ${flag.variables.join(', ')}`]),
  ];
  const from = flag.marathon === true ? 'Marathon' : 'Ekiden';
  return `| \`${name}\` | ${valueOf(flag)} | ${defaultOf(flag)} | ${flag.commands.join(' ')} | ${from} | ${cell(notes.join('; ')).replaceAll('--', '')} |`;
}

const head = `# Options

Written from the table in \`src/cli/flags\`; a test compares the two.

An option \`name\` is written with two dashes before it, followed by its value after a blank or \`=\`, or set in the environment as
\`EKIDEN_NAME\`; those of Marathon also as \`MARATHON_NAME\`, for scheduler and up. The command line wins over \`EKIDEN_…\`, that over
\`MARATHON_…\`, and all of them over the files of \`conf_dir\`. A boolean without a value, or an empty variable, is true; one that is marked on/off is switched off by \`disable_\`
before its name. Lists are separated by commas.
`;

async function documentText(): Promise<string> {
  const groups = flagGroups.map((group) => {
    const rows = flagNames.filter((name) => flagOf(name).group === group).map(rowOf);
    return `## ${group}\n\n| Option | Value | Default | Commands | Of | What it does |\n|-|-|-|-|-|-|\n${rows.join('\n')}\n`;
  });
  const missing = Object.entries(missingFlags).map(([name, { advice }]) => `| \`${name}\` | ${cell(advice)} |`);
  const refused = `## Of Marathon, not supported yet

Refused on the command line, reported and ignored in the environment.

| Option | Instead |
|-|-|
${missing.join('\n')}
`;
  const text = [head, ...groups, refused].join('\n');
  return format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
}

t.test('docs/flags.md says what the table says', async (t) => {
  const expected = await documentText();
  if (process.env['EKIDEN_TEST_WRITE_DOCS'] === '1') writeFileSync(path, expected);
  t.equal(readFileSync(path, 'utf8'), expected, 'see the head of this test for how it is written anew');
});
