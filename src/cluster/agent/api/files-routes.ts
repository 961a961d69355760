import { basename, join } from 'node:path';
import type { FileHandle } from 'node:fs/promises';
import { wholeCharacters } from '../../../common/whole-characters.js';
import { attachment } from '../../../http/attachment.js';
import type { HttpReply, HttpRequest, HttpServer } from '../../../http/server.js';
import { sendJson, sendText } from '../../http-answers.js';
import { executorDirectory } from '../layout.js';
import { AccountNames } from './account-names.js';
import { listDirectory, modeText, openInSandbox, physicalPath } from './sandbox-files.js';
import type { AgentView } from './view.js';

/** Bytes that one `/files/read` gives at most (Mesos: 16 pages). */
const maxReadBytes = 65_536;

/** Each query parameter once; fastify gives an array when it is given more often. */
function queryOf(request: HttpRequest): ReadonlyMap<string, string> {
  const query = request.query as Record<string, string | string[] | undefined>;
  return new Map(
    Object.entries(query).flatMap(([name, value]) => {
      const first = Array.isArray(value) ? value[0] : value;
      return first === undefined ? [] : [[name, first] as const];
    }),
  );
}

/** `/files/browse`, `/files/read`, `/files/download` and `/files/debug`, as Mesos' agent answers them. */
export function filesRoutes(server: HttpServer, view: AgentView): void {
  const names = new AccountNames(view.now);
  const route = (path: string, handler: (request: HttpRequest, reply: HttpReply) => Promise<HttpReply>): void => {
    server.get(path, handler);
    server.get(`${path}.json`, handler);
  };

  /** Opens what `?path=` names and closes it after `use`. */
  async function withFile(
    request: HttpRequest,
    reply: HttpReply,
    use: (file: FileHandle, path: string) => Promise<HttpReply>,
  ): Promise<HttpReply> {
    const path = queryOf(request).get('path');
    if (path === undefined || path === '') return sendText(reply, 400, "Expecting 'path=value' in query.\n");
    const file = await openInSandbox(view.layout.sandboxes, physicalPath(path, view.layout, view.agentId));
    if (file === undefined) return sendText(reply, 404, '');
    try {
      return await use(file, path);
    } finally {
      await file.close();
    }
  }

  route('/files/browse', (request, reply) =>
    withFile(request, reply, async (file, path) => {
      if (!(await file.stat()).isDirectory()) return sendText(reply, 404, '');
      const { users, groups } = await names.get();
      const entries = await listDirectory(file);
      return sendJson(
        request,
        reply,
        entries.map(({ name, stats }) => ({
          gid: groups.get(stats.gid) ?? String(stats.gid),
          mode: modeText(stats.mode),
          mtime: Math.floor(stats.mtimeMs / 1000),
          nlink: stats.nlink,
          path: join(path, name),
          size: stats.size,
          uid: users.get(stats.uid) ?? String(stats.uid),
        })),
      );
    }),
  );

  route('/files/read', (request, reply) =>
    withFile(request, reply, async (file) => {
      const query = queryOf(request);
      const numbers = { offset: -1, length: -1 };
      for (const name of ['offset', 'length'] as const) {
        const text = query.get(name);
        if (text === undefined) continue;
        if (!/^-?\d{1,15}$/.test(text))
          return sendText(reply, 400, `Failed to parse ${name}: ${JSON.stringify(text)}\n`);
        numbers[name] = Number(text);
        if (numbers[name] < -1) return sendText(reply, 400, `Negative ${name} provided: ${numbers[name]}.\n`);
      }
      const { offset, length } = numbers;
      const stats = await file.stat();
      if (stats.isDirectory()) return sendText(reply, 400, 'Cannot read a directory.\n');
      if (!stats.isFile()) return sendText(reply, 404, '');
      if (offset === -1 || offset >= stats.size) return sendJson(request, reply, { data: '', offset: stats.size });
      const wanted = Math.min(length === -1 ? maxReadBytes : length, maxReadBytes, stats.size - offset);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, offset);
      const bytes = buffer.subarray(0, bytesRead);
      // A reader goes on after the bytes it got: a character that is cut off would be lost in both parts.
      const whole = offset + bytesRead < stats.size ? wholeCharacters(bytes) || bytesRead : bytesRead;
      // Mesos writes the bytes of a file as they are, be they UTF-8 or not: whoever reads on counts them
      return sendJson(request, reply, { data: bytes.toString('latin1', 0, whole), offset }, 'latin1');
    }),
  );

  route('/files/download', async (request, reply) => {
    const path = queryOf(request).get('path');
    if (path === undefined || path === '') return sendText(reply, 400, "Expecting 'path=value' in query.\n");
    const file = await openInSandbox(view.layout.sandboxes, physicalPath(path, view.layout, view.agentId));
    if (file === undefined) return sendText(reply, 404, '');
    const stats = await file.stat();
    if (!stats.isFile()) {
      await file.close();
      return stats.isDirectory() ? sendText(reply, 400, 'Cannot download a directory.\n') : sendText(reply, 404, '');
    }
    // As many bytes as announced: a log may grow while it is sent.
    const content =
      stats.size === 0
        ? (await file.close(), '')
        : file.createReadStream({ start: 0, end: stats.size - 1, autoClose: true });
    return reply
      .header('content-type', 'application/octet-stream')
      .header('content-length', stats.size)
      .header('content-disposition', attachment(basename(path)))
      .send(content);
  });

  route('/files/debug', (request, reply) => {
    const { layout, agentId } = view;
    const tasks = [...view.tasks(), ...[...view.ended().values()].flat().map(({ task }) => task)];
    const attached: Record<string, string> = {};
    for (const { frameworkId, taskId, sandbox } of tasks) {
      attached[`/frameworks/${frameworkId}/executors/${taskId}/runs/latest`] = sandbox;
      attached[sandbox] = sandbox;
      attached[join(executorDirectory(layout, agentId, frameworkId, taskId), 'runs', 'latest')] = sandbox;
    }
    return sendJson(request, reply, attached);
  });
}
