import { connect } from 'node:net';

const maxAnswerBytes = 64 << 20;

/** Sends text to a stats socket and returns what comes until HAProxy closes it. `what` is for messages. */
function exchange(socketPath: string, text: string, what: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath });
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no answer to ${what} within ${timeoutMs} ms`));
    }, timeoutMs);
    socket.on('connect', () => socket.write(text));
    socket.on('data', (chunk) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > maxAnswerBytes) socket.destroy(new Error(`the answer to ${what} is too large`));
    });
    socket.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      reject(new Error('the stats socket was closed'));
    });
  });
}

/**
 * Sends one command to HAProxy's stats socket and returns what comes until HAProxy closes it. Throws when nobody listens, or
 * that takes longer than `timeoutMs`.
 */
export function haproxyCommand(socketPath: string, command: string, timeoutMs: number): Promise<string> {
  return exchange(socketPath, `${command}\n`, `"${command}"`, timeoutMs);
}

/**
 * Sends several commands on one connection and returns the answer to each of them, without blank lines around it. A payload stands
 * in lines below its command, which ends with ` <<`. Throws like `haproxyCommand`, and when answers are missing.
 */
export async function haproxyCommands(
  socketPath: string,
  commands: readonly string[],
  timeoutMs: number,
): Promise<string[]> {
  if (commands.length === 0) return [];
  // In this mode HAProxy puts a prompt behind each answer, and `+ ` before each line of a payload.
  const text = ['prompt', ...commands, 'quit', ''].join('\n');
  const what = `${commands.length} commands, "${commands[0]?.split('\n')[0] ?? ''}" the first,`;
  const answer = await exchange(socketPath, text, what, timeoutMs);
  const [, ...answers] = answer.split('\n> ');
  if (answers.length <= commands.length) throw new Error(`HAProxy answered ${answers.length - 1} of ${what}`);
  return answers.slice(0, commands.length).map((part) => part.replace(/^(\+ )+/, '').trim());
}

/** What a HAProxy process says of itself. */
export interface HaproxyInfo {
  readonly pid: number;
  /** It only serves the connections it has. */
  readonly stopping: boolean;
  /** The generation of the configuration it runs; undefined when that names none. */
  readonly generation: string | undefined;
}

/** Reads the answer to `show info`. Throws when it is not one. */
export function parseInfo(answer: string): HaproxyInfo {
  const fields = new Map(
    answer.split('\n').flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
    }),
  );
  const pid = Number(fields.get('pid'));
  if (!Number.isInteger(pid) || pid <= 0) throw new Error('not an answer to "show info"');
  return {
    pid,
    stopping: fields.get('stopping') === '1',
    generation: /\bgeneration ([0-9a-f]{16})\b/.exec(fields.get('description') ?? '')?.[1],
  };
}

/** Asks the HAProxy behind a socket who it is. Throws like `haproxyCommand`. */
export async function showInfo(socketPath: string, timeoutMs: number): Promise<HaproxyInfo> {
  return parseInfo(await haproxyCommand(socketPath, 'show info', timeoutMs));
}
