import { Readable } from 'node:stream';
import t from 'tap';
import { hashPasswordCommand } from '../../src/cli/commands/hash-password.js';
import { parsePasswordHash, verifyPassword } from '../../src/scheduler/api/access/password.js';

/** What the command prints for that input. */
async function hashOf(...chunks: string[]): Promise<string> {
  let text = '';
  const status = await hashPasswordCommand(
    [],
    Readable.from(chunks.map((c) => Buffer.from(c))),
    (line) => (text += line),
  );
  t.equal(status, 0);
  return text;
}

t.test('a password on the standard input becomes its hash', async (t) => {
  const cases: readonly (readonly [chunks: readonly string[], password: string])[] = [
    [['s3cret\n'], 's3cret'],
    [['s3', 'cret\r\n'], 's3cret'],
    [[' two words '], ' two words '],
    [['a\nb\n'], 'a\nb'],
  ];
  for (const [chunks, password] of cases) {
    const text = await hashOf(...chunks);
    t.match(text, /^scrypt:\S+\n$/);
    t.equal(await verifyPassword(parsePasswordHash(text.trim()), password), true);
  }
});

t.test('no password', async (t) => {
  const run = (argv: readonly string[], input: string): Promise<number> =>
    hashPasswordCommand(argv, Readable.from([Buffer.from(input)]), () => undefined);
  await t.rejects(run([], '\n'), { name: 'UsageError', message: /there is no password/ });
  await t.rejects(run([], 'x'.repeat(5000)), { name: 'UsageError', message: /longer than 1024/ });
  await t.rejects(run(['s3cret'], ''), { name: 'UsageError', message: /takes no arguments/ });
  let help = '';
  t.equal(await hashPasswordCommand(['--help'], Readable.from([]), (line) => (help += line)), 0);
  t.match(help, /Usage: ekiden hash-password/);
});
