import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Readable } from 'node:stream';
import { UsageError } from '../../common/errors.js';
import { hashPassword } from '../../scheduler/api/access/password.js';

/** As long as one that the scheduler would look at. */
const maxPasswordLength = 1024;

const help = `ekiden hash-password - what an --acl_file keeps of a password

Usage: ekiden hash-password              asks for the password
       ekiden hash-password < file       reads it, without the last line end
`;

async function readAll(input: Readable): Promise<string> {
  let text = '';
  for await (const chunk of input.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > 2 * maxPasswordLength) break;
  }
  return text.replace(/\r?\n$/, '');
}

/** Asks a person, who does not see what he types. */
async function askFor(input: Readable, prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true });
  lines.on('SIGINT', () => process.exit(130));
  try {
    return await lines.question('');
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

/**
 * `ekiden hash-password`: reads a password from the standard input, to its end (a last line end does not count) or from a terminal, and
 * prints what an `--acl_file` keeps of it. Throws UsageError when there is none.
 */
export async function hashPasswordCommand(
  argv: readonly string[],
  input: Readable & { readonly isTTY?: boolean },
  print: (line: string) => void,
): Promise<number> {
  if (argv[0] === '--help' || argv[0] === '-h') {
    print(help);
    return 0;
  }
  // A password among the arguments would be seen by everybody who lists the processes.
  if (argv.length > 0) throw new UsageError('it takes no arguments: the password is read from the standard input');
  const password = input.isTTY === true ? await askFor(input, 'Password: ') : await readAll(input);
  if (password === '')
    throw new UsageError("there is no password on the standard input: printf '%s' … | ekiden hash-password");
  if (password.length > maxPasswordLength) {
    throw new UsageError(`the password is longer than ${maxPasswordLength} characters`);
  }
  print(`${await hashPassword(password)}\n`);
  return 0;
}
