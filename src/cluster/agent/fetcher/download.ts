import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { chown, lstat, mkdir, open, rm } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { codeOf, messageOf } from '../../../common/errors.js';
import type { HttpClient } from '../../../common/http-client.js';
import { readText } from '../../../common/http-client.js';
import { runCommand } from '../../../common/run-command.js';
import type { TaskUser } from '../task-user.js';
import { asUser } from '../task-user.js';
import { watchChild } from './child-end.js';
import type { FetchSource } from './fetch-uri.js';
import { FetchError } from './fetch-uri.js';
import type { FetchLimits } from './limits.js';

export interface DownloadContext {
  readonly http: HttpClient;
  readonly limits: FetchLimits;
  readonly signal: AbortSignal;
  /** Reads files and runs programs with this user's rights; undefined = the agent's own. */
  readonly user: TaskUser | undefined;
}

async function writeStream(file: FileHandle, content: AsyncIterable<Uint8Array>, limits: FetchLimits): Promise<void> {
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > limits.maxDownloadBytes) throw new FetchError(`it is larger than ${limits.maxDownloadBytes} bytes`);
    await file.write(chunk);
  }
}

/** Of a body that nobody wants: so much is read before its connection is closed. */
const maxIgnoredBytes = 1024;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

async function downloadHttp(url: string, file: FileHandle, context: DownloadContext): Promise<void> {
  const { http, limits, signal } = context;
  let at = url;
  for (let followed = 0; followed <= limits.maxRedirects; followed++) {
    // Credentials in the URL become a header, and only for the host they were given for.
    const { href, username, password } = new URL(at);
    const bare = new URL(href);
    bare.username = '';
    bare.password = '';
    bare.hash = '';
    const authorization =
      username === ''
        ? {}
        : {
            authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
          };
    const response = await http.stream({
      method: 'GET',
      url: bare.href,
      headers: { 'user-agent': 'ekiden-fetcher', ...authorization },
      signal,
      idleTimeoutMs: limits.stallTimeoutMs,
    });
    const { location } = response.headers;
    if (redirects.has(response.status) && location !== undefined) {
      await readText(response.body, maxIgnoredBytes);
      const next = new URL(location, bare);
      if (next.protocol !== 'http:' && next.protocol !== 'https:') {
        throw new FetchError(`it is redirected to ${next.href}, which is not http or https`);
      }
      at = next.href;
      continue;
    }
    if (response.status !== 200) {
      await readText(response.body, maxIgnoredBytes);
      throw new FetchError(`the server answered with status ${response.status}${at === url ? '' : ` at ${bare.href}`}`);
    }
    await writeStream(file, response.body, limits);
    return;
  }
  throw new FetchError(`it is redirected more than ${limits.maxRedirects} times`);
}

async function copyFile(path: string, file: FileHandle, context: DownloadContext): Promise<void> {
  const { limits, signal, user } = context;
  if (user === undefined) {
    const source = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await source.stat()).isFile()) throw new FetchError('it is not a regular file');
      await writeStream(file, source.createReadStream({ autoClose: false, signal }) as AsyncIterable<Buffer>, limits);
    } finally {
      await source.close();
    }
    return;
  }
  if (!(await lstat(path)).isFile() && !(await lstat(path)).isSymbolicLink()) {
    throw new FetchError('it is not a regular file');
  }
  const [program = '', ...args] = asUser(user, ['cat', '--', path]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
  const { complaint, exit } = watchChild(
    child,
    (error) => new FetchError(`it cannot be read as user '${user.name}': ${messageOf(error)}`),
  );
  try {
    const [, code] = await Promise.all([writeStream(file, child.stdout, limits), exit]);
    if (code !== 0) throw new FetchError(`it cannot be read as user '${user.name}': ${complaint()}`);
  } finally {
    child.kill('SIGKILL');
  }
}

function failureText(program: string, result: Awaited<ReturnType<typeof runCommand>>): string {
  if (result.failure === 'timeout') return `${program} did not end in time`;
  const said = result.stderr.trim().slice(-1000);
  return `${program} ended with ${result.exitCode === undefined ? `signal ${result.signal}` : `status ${result.exitCode}`}${said === '' ? '' : `: ${said}`}`;
}

/** ftp and ftps, through curl(1). URL and path go in by stdin: arguments are public, and a URL may hold a password. */
async function downloadWithCurl(url: string, path: string, context: DownloadContext): Promise<void> {
  const { limits, signal } = context;
  const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  if (/[\r\n\0]/.test(url)) throw new FetchError('the URL holds a control character');
  const config = [
    `url = ${quote(url)}`,
    `output = ${quote(path)}`,
    'globoff',
    'fail',
    'silent',
    'show-error',
    'proto = "=ftp,ftps"',
    `max-filesize = ${limits.maxDownloadBytes}`,
    'speed-limit = 1',
    `speed-time = ${Math.ceil(limits.stallTimeoutMs / 1000)}`,
  ];
  const result = await runCommand('curl', ['--disable', '--config', '-'], {
    timeoutMs: limits.uriTimeoutMs,
    input: `${config.join('\n')}\n`,
    signal,
  });
  if (result.failure === 'ENOENT') {
    throw new FetchError("the program 'curl', which fetches ftp and ftps, is not installed on the agent");
  }
  if (result.exitCode !== 0) throw new FetchError(failureText('curl', result));
}

/** hdfs, s3, s3a and s3n, through the Hadoop client of this machine, as Mesos does. */
async function downloadWithHadoop(url: string, path: string, context: DownloadContext): Promise<void> {
  const { limits, signal, user } = context;
  const home = process.env['HADOOP_HOME'];
  const hadoop = home === undefined || home === '' ? 'hadoop' : join(home, 'bin', 'hadoop');
  const [program = '', ...args] = asUser(user, [hadoop, 'fs', '-copyToLocal', url, path]);
  const result = await runCommand(program, args, { timeoutMs: limits.uriTimeoutMs, signal });
  // setpriv says 127 for a program that it does not find.
  if (result.failure === 'ENOENT' || (user !== undefined && result.exitCode === 127)) {
    throw new FetchError(
      `the Hadoop client '${hadoop}', which fetches hdfs and s3, is not installed on the agent (HADOOP_HOME or PATH)`,
    );
  }
  if (result.exitCode !== 0) throw new FetchError(failureText('hadoop', result));
}

/** Makes `relative` in the sandbox a new empty file; what was there, and any link on the way, is not written through. */
async function createTarget(sandbox: string, relative: string): Promise<FileHandle> {
  const path = join(sandbox, relative);
  const above = dirname(relative).split('/');
  let directory = sandbox;
  for (const segment of above) {
    if (segment === '.') continue;
    directory = join(directory, segment);
    await mkdir(directory).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    if (!(await lstat(directory)).isDirectory()) throw new FetchError(`${directory} is in the way`);
  }
  await rm(path, { force: true });
  return open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o644);
}

/** Fetches one file into the sandbox, as `relative`. Throws FetchError or a system error. */
export async function download(
  source: FetchSource,
  sandbox: string,
  relative: string,
  context: DownloadContext,
): Promise<void> {
  const file = await createTarget(sandbox, relative);
  const path = join(sandbox, relative);
  try {
    switch (source.kind) {
      case 'file':
        await copyFile(source.path, file, context);
        break;
      case 'http':
        await downloadHttp(source.url, file, context);
        break;
      case 'ftp':
        await downloadWithCurl(source.url, path, context);
        break;
      case 'hadoop':
        // The client wants to make the file itself, as the task's user.
        await rm(path);
        if (context.user !== undefined) await chown(dirname(path), context.user.uid, context.user.gid);
        await downloadWithHadoop(source.url, path, context);
        break;
    }
  } finally {
    await file.close();
  }
}
